import { InvalidArgumentError } from '@penknife/core';
import type { ScheduleRun } from './schedule.js';
import type { Decisions } from './tape.js';

/** A schedule as text: its seed, and what was decided otherwise than plainly, `7:12=1,31=2`. */
export function replayText(seed: number, decisions: Decisions): string {
  return `${seed}:${[...decisions].map(([number, value]) => `${number}=${value}`).join(',')}`;
}

/** Reads what `replayText` wrote, or a bare seed. */
export function readReplay(text: number | string): ScheduleRun {
  const [seedText = '', list] = String(text).split(':');
  const seed = Number(seedText);
  if (seedText === '' || !Number.isSafeInteger(seed)) {
    throw new InvalidArgumentError('replay', 'must be a seed, or what a failure printed', text);
  }
  if (list === undefined) return { seed };
  const decisions = new Map<number, number>();
  for (const pair of list.split(',')) {
    if (pair === '') continue;
    const [number, value] = pair.split('=').map(Number);
    if (!Number.isSafeInteger(number) || !Number.isSafeInteger(value)) {
      throw new InvalidArgumentError('replay', 'must be a seed, or what a failure printed', text);
    }
    decisions.set(number as number, value as number);
  }
  return { seed, decisions };
}
