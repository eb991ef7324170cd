import { SortedSet } from '../../src/structures/sorted-set/sorted-set.js';
import { heapBytes, measure, report, shuffled } from './measure.js';

for (const size of [10, 1_000, 100_000, 1_000_000]) {
  const members = shuffled(size).map((n) => `player:${n.toString().padStart(7, '0')}`);
  const empty = heapBytes();
  const set = new SortedSet();
  const rounds = Math.min(size, 200_000);
  report(
    'ZADD new',
    size,
    measure(size, (n) => set.set(members[n]!, ((n * 7919) % 1_000_003) + 0.5)),
  );
  console.log(`  heap per member above the string: ${((heapBytes() - empty) / size).toFixed(0)} B`);
  const probes = shuffled(size).slice(0, rounds);
  report(
    'ZSCORE',
    size,
    measure(rounds, (n) => set.score(members[probes[n]!]!)),
  );
  report(
    'ZRANK',
    size,
    measure(rounds, (n) => set.rank(members[probes[n]!]!)),
  );
  report(
    'ZADD moved',
    size,
    measure(rounds, (n) => set.set(members[probes[n]!]!, (n * 104_729) % 1_000_003)),
  );
  report(
    'ZADD same place',
    size,
    measure(rounds, (n) => {
      const member = members[probes[n]!]!;
      return set.set(member, set.score(member)! + 1e-7);
    }),
  );
  report(
    'ZRANGE of 10',
    size,
    measure(rounds / 10, (n) => set.slice({ from: probes[n]!, to: probes[n]! + 10 })),
  );
  report(
    'ZCOUNT',
    size,
    measure(rounds, (n) =>
      set.rangeByScore(
        { score: n % 1_000_003, exclusive: false },
        { score: (n % 1_000_003) + 500, exclusive: true },
      ),
    ),
  );
  report(
    'ZREM',
    size,
    measure(rounds, (n) => set.delete(members[probes[n]!]!)),
  );
}

for (const [name, score] of [
  ['rising', (n: number) => n],
  ['random', (n: number) => (n * 7919) % 1_000_003],
] as const) {
  const set = new SortedSet();
  report(
    `ZADD ${name} integer scores`,
    1_000_000,
    measure(1_000_000, (n) => set.set(`m${n}`, score(n))),
  );
  report(
    'ZPOPMIN',
    1_000_000,
    measure(200_000, () => set.popMinimum(1)),
  );
}

const sets: SortedSet[] = [];
const before = heapBytes();
for (let n = 0; n < 20_000; n += 1) {
  const set = new SortedSet();
  for (let m = 0; m < 5; m += 1) set.set('abcde'[m]!, m * 1.5);
  sets.push(set);
}
console.log(`a set of 5 members: ${((heapBytes() - before) / sets.length).toFixed(0)} B`);
