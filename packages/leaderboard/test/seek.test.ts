import { seededRandom } from '@penknife/core';
import { expect, it } from 'vitest';
import { inOrder } from '../src/shards/merge-slices.js';
import { seek } from '../src/shards/seek.js';

/** Shards of so many rows; `spread`: how a row is given to one. */
function shardsOf(rows: number, count: number, spread: (i: number) => number) {
  const random = seededRandom(rows + count);
  const shards = Array.from({ length: count }, (): { member: string; place: number }[] => []);
  for (let i = 0; i < rows; i++) {
    const row = { member: `m${i}`, place: Math.floor(random.fraction() * 50) };
    shards[spread(i)]?.push(row);
  }
  for (const shard of shards) shard.sort(inOrder);
  let rounds = 0;
  return {
    totals: shards.map((shard) => shard.length),
    rounds: () => rounds,
    rowsAt: async (indexes: readonly (number | undefined)[]) => {
      rounds++;
      return shards.map((shard, i) => (indexes[i] === undefined ? undefined : shard[indexes[i]]));
    },
    countThrough: async (rows: readonly { place: string | number; member: string }[]) =>
      rows.map((row) => shards.map((shard) => shard.filter((each) => inOrder(each, row) <= 0).length)),
    sorted: shards.flat().sort(inOrder),
    shards,
  };
}

it('finds where each shard stands before a row, within 200 rows, in a few rounds', async () => {
  const random = seededRandom(9);
  const spreads: readonly ((i: number) => number)[] = [
    () => Math.floor(random.fraction() * 8),
    (i) => i % 2,
    () => 3,
    (i) => (i < 2000 ? 7 : i % 7),
  ];
  for (const [which, spread] of spreads.entries()) {
    const world = shardsOf(4000, 8, spread);
    for (const index of [0, 150, 300, 1999, 3700, 3999]) {
      const before = world.rounds();
      const from = await seek(world, index);
      const sum = from.reduce((all, each) => all + each, 0);
      expect(sum).toBeLessThanOrEqual(index);
      expect(index - sum, `spread ${which}, ${index}`).toBeLessThanOrEqual(200);
      const skipped = new Set(world.shards.flatMap((shard, i) => shard.slice(0, from[i])));
      expect(world.sorted.slice(0, sum).every((row) => skipped.has(row))).toBe(true);
      if (which === 0) expect(world.rounds() - before).toBeLessThan(8);
    }
  }
});

it('never passes the index, however the members move between two rounds of it', async () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = seededRandom(seed);
    const some = (most: number): number => Math.floor(random.fraction() * most);
    const totals = [1000, 1000, 1000];
    const index = 600 + some(2400);
    const from = await seek(
      {
        totals,
        rowsAt: async (indexes) => indexes.map((at, i) => ({ member: `m${i}`, place: at ?? 0 })),
        countThrough: async (rows) => rows.map(() => totals.map((total) => some(total))),
      },
      index,
    );
    const sum = from.reduce((all, each) => all + each, 0);
    expect(sum, `seed ${seed}`).toBeLessThanOrEqual(index);
  }
});
