import { reportListenerError } from '@penknife/core';
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

/** Hands events over, in order. The score counts whether or not a sink fails, so a failure is reported and not thrown. */
export async function handOver({ sink }: ResolvedEvents, events: readonly LeaderboardEvent[]): Promise<void> {
  for (const event of events) await sink.emit(event).catch(reportListenerError);
}
