import { createMemoryDriver } from '@penknife/driver-memory';
import { countingDriver } from '@penknife/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { createLeaderboard, createOutboxRelay } from '../src/index.js';

const inner = createMemoryDriver();
const { driver, sent } = countingDriver(inner);
const order = [{ points: 'desc', max: 1000 }] as const;
const boards = { all: { snapshots: { every: '1d', keep: 3 } }, daily: { period: 'day' } } as const;
const scores = createLeaderboard(driver, { name: 'arguments', order, boards });
const apart = createLeaderboard(driver, { name: 'sharded', order, shards: 3 });
const score = { points: 1 };

type Call = (given: never) => unknown;
const noObject = [null, 5, 'x', true];
const missing = [undefined, ...noObject];

/** What no types would let through, at each place that takes options, and at those that need an object. */
const calls: readonly (readonly [name: string, bad: readonly unknown[], Call])[] = [
  ['driver', missing, (x) => createLeaderboard(x, { name: 'a', order })],
  ['options', missing, (x) => createLeaderboard(driver, x)],
  ['boards', noObject, (x) => createLeaderboard(driver, { name: 'a', order, boards: x })],
  ['boards.all', noObject, (x) => createLeaderboard(driver, { name: 'a', order, boards: { all: x } })],
  [
    'boards.all.history',
    noObject,
    (x) => createLeaderboard(driver, { name: 'a', order, boards: { all: { history: x } } }),
  ],
  [
    'boards.all.snapshots',
    noObject,
    (x) => createLeaderboard(driver, { name: 'a', order, boards: { all: { snapshots: x } } }),
  ],
  ['metadata', [null, 5, {}], (x) => createLeaderboard(driver, { name: 'a', order, metadata: x })],
  ['bans', [null, 1, 'yes'], (x) => createLeaderboard(driver, { name: 'a', order, bans: x })],
  ...(['apart', 'dense'] as const).map((flag): readonly [string, readonly unknown[], Call] => [
    `boards.all.${flag}`,
    [null, 1, 'no'],
    (x) => createLeaderboard(driver, { name: 'a', order, boards: { all: { [flag]: x } } }),
  ]),
  ['deadlineMs', [null, 0, -1, '5s'], (x) => createLeaderboard(driver, { name: 'a', order, deadlineMs: x })],
  ['verify', [null, 5, {}], (x) => createLeaderboard(driver, { name: 'a', order, verify: x })],
  ['key', [null, 5, '', '\ud800', `a\udc00`], (x) => scores.submit('m', score, { key: x })],
  ['options', noObject, (x) => scores.submit('m', score, x)],
  ['in', noObject, (x) => scores.submit('m', score, { in: x })],
  ['options', noObject, (x) => scores.remove('m', x)],
  ['selection', noObject, (x) => scores.board('all', x)],
  ['driver', missing, (x) => createOutboxRelay(x, scores)],
  ['leaderboard', missing, (x) => createOutboxRelay(driver, x)],
  ['options', noObject, (x) => createOutboxRelay(driver, scores, x)],
  ['onRefused', [null, 5, {}], (x) => createOutboxRelay(driver, scores, { onRefused: x })],
  ['reward', [null, 5, {}], (x) => scores.board('daily', { ago: 1 }).finalize({ reward: x })],
  ...[scores.board('all'), apart.board('all')].flatMap(
    (board): (readonly [string, readonly unknown[], Call])[] => [
      ['options', noObject, (x) => board.top(x)],
      ['options', missing, (x) => board.page(x)],
      ['from', missing, (x) => board.between(x, score)],
      ['to', missing, (x) => board.between(score, x)],
      ['options', noObject, (x) => board.between(score, score, x)],
      ['options', noObject, (x) => board.around('m', x)],
      ['options', noObject, (x) => board.after('m', x)],
      ['options', noObject, (x) => board.rank('m', x)],
      ['options', noObject, (x) => board.ranks(['m'], x)],
      ['options', noObject, (x) => board.friends(['m'], x)],
      ['options', noObject, (x) => board.atPercentile(5, x)],
      ['options', noObject, (x) => board.histogram([0, 5], x)],
      ['options', noObject, (x) => board.history('m', x)],
      ['options', noObject, (x) => board.snapshot(x)],
      ['options', noObject, (x) => board.past(x)],
      ['options', noObject, (x) => board.movement(['m'], x)],
      ['request', missing, (x) => board.view(x)],
      ['options', noObject, (x) => board.view({ top: 3 }, x)],
      ['options', noObject, (x) => board.count(x)],
      ['options', noObject, (x) => board.finalize(x)],
      ['options', noObject, (x) => board.remove('m', x)],
      ['signal', [null, {}], (x) => board.rank('m', { signal: x })],
      ['deadlineMs', [null, 0, 'x'], (x) => board.top({ deadlineMs: x })],
    ],
  ),
];

describe('what is no argument is refused by its name, before anything is sent', () => {
  afterAll(() => inner.close());

  it.each(calls.map(([name, bad, call], i) => [i, name, bad, call] as const))(
    '%i: %s',
    async (_, name, bad, call) => {
      const before = sent();
      for (const given of bad) {
        const refused = new Promise((resolve) => resolve(call(given as never)));
        await expect(refused, String(given)).rejects.toMatchObject({
          code: 'INVALID_ARGUMENT',
          argument: name,
        });
      }
      expect(sent()).toBe(before);
    },
  );

  it('what is one is sent: the count sees it', async () => {
    const before = sent();
    await scores.submit('m', score);
    expect((await scores.board('all').rank('m'))?.rank).toBe(1);
    expect(sent()).toBe(before + 2);
  });
});
