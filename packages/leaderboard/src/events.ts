import { type CallOptions, type Clock, DeadlineError, reportListenerError } from '@penknife/core';
import type { LeaderboardEvent, ResolvedEvents } from './event-options.js';
import type { Column } from './order/column.js';
import type { BoardOutcome } from './submit/outcomes.js';
import type { SubmitTarget } from './submit/submit-args.js';

/** The events of one board's outcome. */
export function eventsOf(
  leaderboard: string,
  { board, part }: SubmitTarget,
  member: string,
  key: string | undefined,
  { places, passed, period }: BoardOutcome<readonly Column[]>,
  top: number,
): readonly LeaderboardEvent[] {
  if (places === null || places.after === null) return [];
  const { before, after } = places;
  const base = (type: string) => ({
    leaderboard,
    board: board.name,
    part,
    period,
    member,
    id: key && [leaderboard, board.name, part ?? '', key, member, type].map(encodeURIComponent).join('/'),
  });
  const events: LeaderboardEvent[] = [];
  if (after === 1 && before !== 1) events.push({ ...base('newLeader'), type: 'newLeader' });
  if (after <= top && (before === null || before > top)) {
    events.push({ ...base('enteredTop'), type: 'enteredTop', top, rank: after });
  }
  if (passed !== null && passed.count > 0) events.push({ ...base('passed'), type: 'passed', ...passed });
  if (before !== null && after < before) {
    events.push({ ...base('rankUp'), type: 'rankUp', from: before, to: after });
  }
  return events;
}

/** How long a sink is waited for where the call has no deadline of its own. */
const patienceMs = 5000;

/** Until when one call waits for its sink, whatever it hands over. */
export interface Patience {
  readonly withinMs: number;
  /** Monotonic ms. */
  readonly untilMs: number;
  readonly signal: AbortSignal | undefined;
  /** Whether it ran out: reported once. */
  over: boolean;
}

/** The patience of a call that begins now. */
export function patienceOf(clock: Clock, call: CallOptions | undefined): Patience {
  const withinMs = call?.deadlineMs ?? patienceMs;
  return { withinMs, untilMs: clock.monotonic() + withinMs, signal: call?.signal, over: false };
}

/**
 * Hands events over, in order. The score counts whether or not a sink fails, so a failure is reported and not thrown; nor is a
 * sink waited for longer than the call may still take, or beyond its signal: it goes on by itself.
 */
export async function handOver(
  { sink }: ResolvedEvents,
  events: readonly LeaderboardEvent[],
  clock: Clock,
  patience: Patience,
): Promise<void> {
  if (events.length === 0) return;
  const { withinMs, untilMs, signal } = patience;
  const emitted = emitAll(sink, events);
  if (signal?.aborted || patience.over) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.timer(Math.max(0, untilMs - clock.monotonic()), () => {
      if (!patience.over) reportListenerError(new DeadlineError(withinMs));
      patience.over = true;
      end();
    });
    signal?.addEventListener('abort', end, { once: true });
    void emitted.then(end);
  });
}

/** Whatever a sink does instead of what it should: it may throw at once, or give no promise. */
async function emitAll(sink: ResolvedEvents['sink'], events: readonly LeaderboardEvent[]): Promise<void> {
  for (const event of events) {
    try {
      await sink.emit(event);
    } catch (error) {
      reportListenerError(error);
    }
  }
}
