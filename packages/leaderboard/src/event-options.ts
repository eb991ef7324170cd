import { type EventSink, InvalidArgumentError } from '@penknife/core';
import type { Period } from './calendar/period.js';

/** What every event says. */
interface Happened {
  readonly leaderboard: string;
  readonly board: string;
  /** The value of what the board is split by. */
  readonly part: string | undefined;
  readonly period: Period | null;
  readonly member: string;
  /** The same when the submit is sent again under its key; undefined without one. */
  readonly id: string | undefined;
}

/**
 * What a submit brought about on one board, computed inside of it from one instant. Ranks are places on the board, as the
 * ordinal policy counts.
 */
export type LeaderboardEvent =
  | (Happened & { readonly type: 'newLeader' })
  | (Happened & { readonly type: 'enteredTop'; readonly top: number; readonly rank: number })
  /** `members`: those behind the member now who were ahead, the best first; `count`: how many there are in all. */
  | (Happened & { readonly type: 'passed'; readonly members: readonly string[]; readonly count: number })
  | (Happened & { readonly type: 'rankUp'; readonly from: number; readonly to: number });

/** Where events go. */
export interface EventOptions {
  /** A pub/sub channel, a stream: whatever takes an event. */
  readonly sink: EventSink<LeaderboardEvent>;
  /** What `enteredTop` counts as the top, 1 to 1000. Default 10. */
  readonly top?: number;
  /** How many `passed` names, 1 to 100. Default 10. */
  readonly passed?: number;
}

/** Event options with everything decided. */
export type ResolvedEvents = Required<EventOptions>;

/** Checks where events go; throws `InvalidArgumentError`. */
export function resolveEvents({ sink, top = 10, passed = 10 }: EventOptions): ResolvedEvents {
  if (typeof sink?.emit !== 'function') {
    throw new InvalidArgumentError('events.sink', 'must have an emit function', sink);
  }
  return { sink, top: within('events.top', top, 1000), passed: within('events.passed', passed, 100) };
}

function within(argument: string, value: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > most) {
    throw new InvalidArgumentError(argument, `must be a whole number from 1 to ${most}`, value);
  }
  return value;
}
