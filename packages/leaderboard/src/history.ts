import { type Reply, refuse } from '@penknife/core';
import type { Sample } from './board.js';
import type { Column, Score } from './order/column.js';
import { textOf } from './replies.js';
import type { Round } from './rounds.js';

/** Reads a member's line of the past (see history.lua). */
export function readHistory<O extends readonly Column[]>(
  { board, period }: Round,
  everyMs: number,
  reply: Reply | undefined,
): readonly Sample<O>[] {
  if (reply === null) return [];
  return textOf(reply)
    .split(';')
    .map((sample) => {
      const [bucket, rank, place = ''] = sample.split(':');
      const read = board.layout.kind === 'packed' ? Number(place) : place;
      if (place === '') return refuse('leaderboard/read', 'samples', reply);
      return {
        atMs: Number(bucket) * everyMs,
        rank: Number(rank),
        score: board.layout.scoreAt(read, period?.startMs) as Score<O>,
      };
    });
}
