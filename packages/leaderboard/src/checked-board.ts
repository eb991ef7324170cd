import { checkCall, checkObject, InvalidArgumentError } from '@penknife/core';
import type { Board } from './board.js';
import type { Column } from './order/column.js';

/** Where the options of each call stand among its arguments. */
const optionsAt: Readonly<Record<string, number>> = {
  top: 0,
  page: 0,
  between: 2,
  around: 1,
  after: 1,
  rank: 1,
  ranks: 1,
  atPercentile: 1,
  histogram: 1,
  history: 1,
  snapshot: 0,
  past: 0,
  movement: 1,
  friends: 1,
  view: 1,
  count: 0,
  finalize: 0,
  remove: 1,
};

/** What must not be left out, in the order of the arguments. */
const needed: Readonly<Record<string, readonly string[]>> = {
  page: ['options'],
  between: ['from', 'to'],
  view: ['request'],
};

/** A board whose calls look at the shape of what they are given, before anything is sent: for those whom no types tell. */
export function checkedBoard<O extends readonly Column[], M>(board: Board<O, M>): Board<O, M> {
  const calls = Object.entries(board).map(([name, call]: [string, unknown]) => {
    const at = optionsAt[name];
    if (typeof call !== 'function' || at === undefined) return [name, call] as const;
    const checked = (...given: unknown[]): unknown => {
      try {
        for (const [i, argument] of (needed[name] ?? []).entries()) checkObject(argument, given[i]);
        checkCall(given[at]);
      } catch (error) {
        return Promise.reject(error);
      }
      return call(...given);
    };
    return [name, checked] as const;
  });
  return Object.fromEntries(calls) as unknown as Board<O, M>;
}

/** Checks what is called when something happens: nothing, or a function. */
export function checkListener(argument: string, listener: unknown): void {
  if (listener !== undefined && typeof listener !== 'function')
    throw new InvalidArgumentError(argument, 'must be a function', listener);
}
