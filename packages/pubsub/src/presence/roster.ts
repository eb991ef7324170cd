import { checkObject, InvalidArgumentError, reportListenerError } from '@penknife/core';
import type { State } from '../state/state.js';

/** Somebody who is present. */
export interface Present {
  readonly user: string;
  /** Since when, without a break: ms since 1970 by the server's clock. */
  readonly since: number;
}

/** Hears of a room. One call at a time; what it throws is reported and harms nobody. */
export interface RosterListener {
  /** Once, at the beginning: who is here, the longest first. */
  present?(users: readonly Present[]): void | Promise<void>;
  joined?(user: Present): void | Promise<void>;
  left?(user: Present): void | Promise<void>;
  /** The view ended by itself. */
  ended?(error: unknown): void;
}

/** A room as one listener has been told of it. */
export interface RosterView {
  /** Live, by user. */
  readonly users: ReadonlyMap<string, Present>;
  readonly closed: boolean;
  /** Ends it: no call of the listener follows. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Watches one room. Where joins and leaves were missed for good it tells the difference, so nobody leaves and joins for a cut. */
export async function createRoster(
  state: State<string, never, unknown>,
  room: string,
  listener: RosterListener,
  closed: (view: RosterView) => void,
): Promise<RosterView> {
  checkObject('listener', listener);
  for (const name of ['present', 'joined', 'left', 'ended'] as const) {
    const part = listener[name];
    if (part !== undefined && typeof part !== 'function') {
      throw new InvalidArgumentError(`listener.${name}`, 'must be a function', part);
    }
  }
  const users = new Map<string, Present>();
  let isOver = false;

  async function tell(act: 'joined' | 'left', user: Present): Promise<void> {
    try {
      if (!isOver) await listener[act]?.(user);
    } catch (error) {
      reportListenerError(error);
    }
  }

  async function left(user: string): Promise<void> {
    const present = users.get(user);
    if (present === undefined) return;
    users.delete(user);
    await tell('left', present);
  }

  async function joined(user: string, since: number): Promise<void> {
    const known = users.get(user);
    // Gone and back unseen: both are told.
    if (known !== undefined && known.since !== since) await left(user);
    if (known?.since === since) return;
    const present = { user, since };
    users.set(user, present);
    await tell('joined', present);
  }

  const inner = await state.watch(
    { room },
    {
      async snapshot(entries, why) {
        const all = [...entries].map(([user, { value }]) => ({ user, since: Number(value) }));
        if (why === undefined) {
          for (const present of all) users.set(present.user, present);
          await listener.present?.([...all].sort((one, other) => one.since - other.since));
          return;
        }
        for (const user of [...users.keys()]) if (!entries.has(user)) await left(user);
        for (const { user, since } of all) await joined(user, since);
      },
      change: (change) =>
        change.kind === 'set' ? joined(change.key, Number(change.value)) : left(change.key),
      ended: (error) => listener.ended?.(error),
    },
  );
  let ending: Promise<void> | undefined;
  const view: RosterView = {
    users,
    get closed() {
      return inner.closed;
    },
    close() {
      if (ending === undefined) {
        isOver = true;
        closed(view);
        ending = inner.close();
      }
      return ending;
    },
    [Symbol.asyncDispose]: () => view.close(),
  };
  return view;
}
