import { type Codec, type Driver, jsonCodec } from '@penknife/core';
import { expect } from 'vitest';
import { createLeaderboard, type Leaderboard } from '../src/index.js';

/** What a play runs on. */
export type PlayDriver = Pick<Driver, 'send' | 'clock'>;
export type PlayLayout = 'packed' | 'lexicographic';

const order = [
  { points: 'desc', max: 1e6 },
  { at: 'asc', unit: 's', since: 1_577_836_800_000 },
] as const;
const points = [{ points: 'desc', max: 1e6 }] as const;

const boards = {
  best: { dense: true },
  sum: { operator: 'sum', dense: true, history: { every: '1h', samples: 3 } },
  daily: { period: 'day', history: { every: '1h', samples: 3 }, attempts: 9 },
  last: { operator: 'last', attempts: 9 },
  country: { by: 'country', operator: 'set' },
} as const;

/** A club whose boards have all there is to have. */
export function club(
  driver: PlayDriver,
  layout: PlayLayout,
  bans = true,
): Leaderboard<typeof order, typeof boards, string> {
  return createLeaderboard(driver, {
    name: 'club',
    order,
    layout,
    bans,
    metadata: jsonCodec as Codec<string>,
    boards,
  });
}

const de = { in: { country: 'de' } } as const;

async function standing(scores: ReturnType<typeof club>, member: string): Promise<(number | undefined)[]> {
  const asked = [
    scores.board('best'),
    scores.board('sum'),
    scores.board('last'),
    scores.board('country', { part: 'de' }),
  ];
  return Promise.all(asked.map(async (board) => (await board.rank(member))?.score.points));
}

/** A banned member is in no read, its scores go on, and come back with it. */
export async function playBans(driver: PlayDriver, layout: PlayLayout): Promise<void> {
  const scores = club(driver, layout);
  for (const [member, each] of [
    ['ann', 30],
    ['bob', 20],
    ['cat', 10],
  ] as const) {
    await scores.submit(member, { points: each }, { ...de, metadata: member });
  }
  expect(await scores.members.ban('ann')).toBe(5);
  expect(await standing(scores, 'ann')).toEqual([undefined, undefined, undefined, undefined]);
  expect(await scores.board('best').top({ ties: 'dense' })).toMatchObject({
    total: 2,
    rows: [
      { member: 'bob', rank: 1 },
      { member: 'cat', rank: 2 },
    ],
  });
  const submitted = await scores.submit('ann', { points: 35 }, de);
  expect(submitted.boards.best).toMatchObject({ status: 'hidden', current: null, previous: null, total: 2 });
  await scores.submit('ann', { points: 1 }, de);
  expect(await scores.board('best').count()).toBe(2);
  expect(await scores.members.unban('ann')).toBe(5);
  expect(await standing(scores, 'ann')).toEqual([35, 66, 1, 1]);
  expect((await scores.board('best').rank('ann', { ties: 'dense' }))?.metadata).toBe('ann');
  expect((await scores.board('best').rank('bob', { ties: 'dense' }))?.rank).toBe(2);
  expect(await scores.members.unban('ann')).toBe(0);
  expect((await scores.submit('ann', { points: 40 })).boards.best.status).toBe('changed');
}

/** Whoever plays between the scripts of a ban, or of its end, loses no score: it counts on from what stood. */
export async function playBanRace(driver: PlayDriver, layout: PlayLayout): Promise<void> {
  const scores = club(driver, layout);
  await scores.submit('ann', { points: 30 }, de);
  await scores.submit('bob', { points: 10 }, de);
  let next: number | undefined;
  const racing = club(
    {
      clock: driver.clock,
      send: async (command, options) => {
        const points = next;
        if (points !== undefined && /^leaderboard.(hide|show)/.test(command.script?.name ?? '')) {
          next = undefined;
          await scores.submit('ann', { points }, de);
        }
        return driver.send(command, options);
      },
    },
    layout,
  );
  next = 20;
  await racing.members.ban('ann');
  expect(next).toBeUndefined();
  expect(await standing(scores, 'ann')).toEqual([undefined, undefined, undefined, undefined]);
  expect((await scores.board('sum').rank('bob', { ties: 'dense' }))?.rank).toBe(1);
  next = 5;
  await racing.members.unban('ann');
  expect(next).toBeUndefined();
  expect(await standing(scores, 'ann')).toEqual([30, 55, 5, 5]);
  expect(await scores.members.unban('ann')).toBe(0);
}

/** A name whose ban is lifted, but has not come off every board yet, is refused: what is hidden would count twice, or never. */
export async function playHalfUnban(driver: PlayDriver, layout: PlayLayout): Promise<void> {
  const scores = club(driver, layout);
  await scores.submit('ann', { points: 30 }, de);
  await scores.submit('bob', { points: 20 }, de);
  await scores.members.ban('ann');
  const lame = club(
    {
      clock: driver.clock,
      send: (command, options) =>
        command.script?.name.startsWith('leaderboard/show')
          ? Promise.reject(new Error('cut off'))
          : driver.send(command, options),
    },
    layout,
  );
  await expect(lame.members.unban('ann')).rejects.toThrow('cut off');
  await expect(scores.members.rename('bob', 'ann')).rejects.toMatchObject({
    argument: 'to',
    message: expect.stringContaining('still be hidden: unban it'),
  });
  // Of a process that does not know of bans: seen on the board, and hidden, too.
  await club(driver, layout, false).submit('ann', { points: 5 }, de);
  await expect(scores.members.rename('ann', 'bob')).rejects.toMatchObject({ argument: 'from' });
  await scores.members.unban('ann');
  expect(await scores.members.rename('bob', 'ann')).toBe(5);
  expect((await standing(scores, 'ann')).slice(0, 2)).toEqual([30, 50]);
}

/** Two names become one by the operator of each board; then the one is renamed to a name nobody has. */
export async function playRename(driver: PlayDriver, layout: PlayLayout): Promise<void> {
  const scores = club(driver, layout);
  await scores.submit('old', { points: 30 }, { ...de, metadata: 'old' });
  await scores.submit('new', { points: 20 }, { ...de, occurredAt: driver.clock.now() - 5000 });
  await scores.submit('low', { points: 10 });
  expect(await scores.members.rename('old', 'new')).toBe(5);
  expect(await standing(scores, 'old')).toEqual([undefined, undefined, undefined, undefined]);
  expect(await standing(scores, 'new')).toEqual([30, 50, 30, 20]);
  expect((await scores.board('best').rank('low', { ties: 'dense' }))?.rank).toBe(2);
  expect((await scores.board('sum').rank('low', { ties: 'dense' }))?.rank).toBe(2);
  expect((await scores.board('best').rank('new'))?.metadata).toBe('old');
  expect((await scores.board('sum').history('new')).length).toBeGreaterThan(0);
  expect(await scores.board('sum').history('old')).toEqual([]);
  expect(await scores.members.rename('old', 'new')).toBe(0);
  expect(await scores.members.rename('new', 'newer')).toBeGreaterThanOrEqual(5);
  expect(await standing(scores, 'newer')).toEqual([30, 50, 30, 20]);
}

/** A member that is submitted to while it is renamed: the move is tried again, and loses no score. */
export async function playRenameRace(driver: PlayDriver, layout: PlayLayout): Promise<void> {
  const scores = club(driver, layout);
  await scores.submit('old', { points: 30 });
  let raced = 0;
  const racing = club(
    {
      clock: driver.clock,
      send: async (command, options) => {
        if (command.script?.name.startsWith('leaderboard/merge') && raced++ === 0) {
          for (const points of [40, 2]) await scores.submit('old', { points });
        }
        return driver.send(command, options);
      },
    },
    layout,
  );
  expect(await racing.members.rename('old', 'new')).toBe(4);
  expect(raced).toBeGreaterThan(4);
  expect((await standing(scores, 'new')).slice(0, 3)).toEqual([40, 72, 2]);
  expect((await standing(scores, 'old')).slice(0, 3)).toEqual([undefined, undefined, undefined]);
}

/** The line of a member's past: one sample a stretch of time, as many as are kept. */
export async function playHistory(driver: PlayDriver, layout: PlayLayout): Promise<void> {
  const now = driver.clock.now();
  const hourMs = 3_600_000;
  const scores = createLeaderboard(driver, {
    name: 'past',
    order: points,
    layout,
    boards: { all: { operator: 'set', history: { every: '1h', samples: 3 } } },
  });
  const board = scores.board('all');
  expect(await board.history('ann')).toEqual([]);
  await scores.submit('bob', { points: 50 }, { occurredAt: now - 9 * hourMs });
  for (const [each, hoursAgo] of [
    [10, 5],
    [20, 4],
    [60, 3],
    [70, 2],
    [30, 2],
  ] as const) {
    await scores.submit('ann', { points: each }, { occurredAt: now - hoursAgo * hourMs });
  }
  const bucket = (hoursAgo: number): number => Math.floor((now - hoursAgo * hourMs) / hourMs) * hourMs;
  expect(await board.history('ann')).toEqual([
    { atMs: bucket(4), rank: 2, score: { points: 20 } },
    { atMs: bucket(3), rank: 1, score: { points: 60 } },
    { atMs: bucket(2), rank: 2, score: { points: 30 } },
  ]);
  // What comes late is no sample of its own: the line stays in order, and none of it is pushed out.
  await scores.submit('ann', { points: 80 }, { occurredAt: now - 6 * hourMs });
  expect(await board.history('ann')).toEqual([
    { atMs: bucket(4), rank: 2, score: { points: 20 } },
    { atMs: bucket(3), rank: 1, score: { points: 60 } },
    { atMs: bucket(2), rank: 1, score: { points: 80 } },
  ]);
  await board.remove('ann');
  expect(await board.history('ann')).toEqual([]);
}

/** Who moved since a snapshot, which is taken once. */
export async function playSnapshots(driver: PlayDriver, layout: PlayLayout): Promise<void> {
  const scores = createLeaderboard(driver, {
    name: 'moves',
    order: points,
    layout,
    boards: { all: { operator: 'set', snapshots: { every: '365d', keep: 2, top: 3 } } },
  });
  const board = scores.board('all');
  for (const [i, member] of ['ann', 'bob', 'cat', 'dan'].entries())
    await scores.submit(member, { points: 40 - i });
  expect(await board.past({ ago: 0 })).toBeNull();
  const taken = await board.snapshot();
  expect(taken).toMatchObject({ first: true, total: 4 });
  expect(taken.rows).toEqual([
    { member: 'ann', rank: 1, score: { points: 40 } },
    { member: 'bob', rank: 2, score: { points: 39 } },
    { member: 'cat', rank: 3, score: { points: 38 } },
  ]);
  await scores.submit('cat', { points: 50 });
  await scores.submit('dan', { points: 45 });
  await board.remove('bob');
  expect(await board.snapshot()).toEqual({ ...taken, first: false });
  expect(await board.past({ ago: 0 })).toEqual({ ...taken, first: false });
  expect(await board.past()).toBeNull();
  expect(await board.movement(['ann', 'bob', 'cat', 'dan'], { ago: 0 })).toEqual([
    { member: 'ann', rank: 3, previous: 1, delta: -2 },
    null,
    { member: 'cat', rank: 1, previous: 3, delta: 2 },
    { member: 'dan', rank: 2, previous: null, delta: null },
  ]);
  expect(await board.movement(['ann'])).toEqual([{ member: 'ann', rank: 3, previous: null, delta: null }]);
}

/** A period is frozen once, however often and by whomever it is finalized, and takes no scores afterwards. */
export async function playFinal(driver: PlayDriver, layout: PlayLayout): Promise<void> {
  const dayMs = 86_400_000;
  const make = (grace: '0s' | '25h') =>
    createLeaderboard(driver, {
      name: 'final',
      order: points,
      layout,
      boards: { daily: { period: 'day', grace } },
    });
  const occurredAt = Math.floor(driver.clock.now() / dayMs) * dayMs - 1;
  for (const [member, each] of [
    ['ann', 30],
    ['bob', 20],
    ['cat', 20],
    ['dan', 20],
  ] as const) {
    await make('25h').submit(member, { points: each }, { occurredAt });
  }
  expect((await make('0s').board('daily').finalize()).status).toBe('open');
  expect((await make('25h').board('daily', { ago: 1 }).finalize()).status).toBe('open');
  const yesterday = make('0s').board('daily', { ago: 1 });
  const handed: string[] = [];
  const first = await yesterday.finalize({
    top: 3,
    ties: 'modified',
    reward: ({ member }) => void handed.push(member),
  });
  expect(first).toMatchObject({
    status: 'final',
    first: true,
    total: 4,
    pending: 0,
    rows: [
      { member: 'ann', rank: 1 },
      { member: 'bob', rank: 4 },
      { member: 'cat', rank: 4 },
    ],
  });
  expect(handed).toEqual(['ann', 'bob', 'cat']);
  // A lenient process still writes: what is frozen stays as it is.
  await make('25h').submit('zoe', { points: 99 }, { occurredAt });
  const again = await yesterday.finalize({ reward: ({ member }) => void handed.push(member) });
  expect(again).toMatchObject({ status: 'final', first: false, total: 4 });
  expect(again.status === 'final' && again.rows).toEqual(first.status === 'final' && first.rows);
  expect(handed).toEqual(['ann', 'bob', 'cat']);
}

/** Whom a submit passed, and where the member stood and stands. */
export async function playPassed(driver: PlayDriver, layout: PlayLayout): Promise<void> {
  const scores = createLeaderboard(driver, { name: 'passing', order: points, layout, operator: 'set' });
  for (const [i, member] of ['ann', 'bob', 'cat', 'dan'].entries())
    await scores.submit(member, { points: 40 - i });
  const { boards: up } = await scores.submit('dan', { points: 50 }, { passed: 2 });
  expect(up.all).toMatchObject({
    places: { before: 4, after: 1 },
    passed: { members: ['ann', 'bob'], count: 3 },
  });
  const { boards: entered } = await scores.submit('eve', { points: 39 }, { passed: 5, ties: 'competition' });
  expect(entered.all).toMatchObject({
    places: { before: null, after: 4 },
    current: { rank: 3 },
    passed: { members: ['cat'], count: 1 },
  });
  const { boards: down } = await scores.submit('dan', { points: 0 }, { passed: 5 });
  expect(down.all).toMatchObject({ places: { before: 1, after: 5 }, passed: { members: [], count: 0 } });
}
