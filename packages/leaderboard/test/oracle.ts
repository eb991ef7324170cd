import { type Driver, type RandomSource, seededRandom } from '@penknife/core';
import { expect } from 'vitest';
import {
  type Board,
  type Column,
  createLeaderboard,
  type LeaderboardOptions,
  type Operator,
  type TiePolicy,
} from '../src/index.js';
import { BoardModel, columnValue, type ModelColumn } from './model.js';

/** An order under test, and the whole numbers that are submitted per column. */
export interface Scenario {
  readonly name: string;
  readonly order: readonly Column[];
  readonly columns: readonly (ModelColumn & {
    readonly from: number | bigint;
    readonly to: number | bigint;
  })[];
  readonly layout?: LeaderboardOptions<never, never, never>['layout'];
  readonly operators: readonly Operator[];
  /** Over so many shards, which do not rank densely. Default: one slot. */
  readonly shards?: number;
}

/** When time columns begin; all scores happen within a minute after it. */
const sinceMs: number = Date.UTC(2025, 0, 1);

export const scenarios: readonly Scenario[] = [
  {
    name: 'points',
    order: [{ points: 'desc', max: 2 ** 53 - 2 }],
    columns: [{ name: 'points', direction: 'desc', from: 0, to: 5 }],
    operators: ['best', 'set', 'sum'],
  },
  {
    name: 'points, earliest first',
    order: [
      { points: 'desc', max: 1e6 },
      { at: 'asc', unit: 's', since: sinceMs, span: '365d' },
    ],
    columns: [
      { name: 'points', direction: 'desc', from: 0, to: 4 },
      { name: 'at', direction: 'asc', time: true, from: 0, to: 6 },
    ],
    operators: ['best', 'set', 'last', 'sum'],
  },
  {
    name: 'lap time up, latest, fewest faults',
    order: [
      { lap: 'asc', min: -50, max: 60, decimals: 2 },
      { at: 'desc', unit: 's', since: sinceMs, span: '1d' },
      { faults: 'asc', max: 1000 },
    ],
    columns: [
      { name: 'lap', direction: 'asc', decimals: 2, from: -3, to: 3 },
      { name: 'at', direction: 'desc', time: true, from: 0, to: 3 },
      { name: 'faults', direction: 'asc', from: 0, to: 2 },
    ],
    operators: ['best', 'set', 'last', 'sum'],
  },
  {
    name: 'all 53 bits',
    order: [
      { wins: 'desc', min: -1e6, max: 2 ** 24 - 1e6 - 1 },
      { time: 'asc', max: 419_430.3, decimals: 1 },
      { goals: 'desc', max: 126 },
    ],
    columns: [
      { name: 'wins', direction: 'desc', from: -1e6, to: 2 ** 24 - 1e6 - 1 },
      { name: 'time', direction: 'asc', decimals: 1, from: 0, to: 2 ** 22 - 1 },
      { name: 'goals', direction: 'desc', from: 0, to: 126 },
    ],
    operators: ['best', 'set'],
  },
];

const int64 = 2n ** 63n;

/** Orders that only bytes hold, and some of the orders above kept in bytes though they need not. */
export const wideScenarios: readonly Scenario[] = [
  {
    name: 'int64, few values at both ends',
    order: [
      { coins: 'desc', min: -int64, max: int64 - 1n },
      { at: 'asc', unit: 'ms', since: sinceMs, span: '3650d' },
    ],
    columns: [
      { name: 'coins', direction: 'desc', big: true, from: int64 - 4n, to: int64 - 1n },
      { name: 'at', direction: 'asc', time: true, tickMs: 1, from: 0, to: 4 },
    ],
    operators: ['best', 'set', 'last'],
  },
  {
    name: 'sums that carry through every byte',
    order: [
      { coins: 'desc', min: -int64, max: int64 - 1n },
      { gems: 'asc', min: -5000n, max: 10n ** 30n },
      { at: 'desc', unit: 's', since: sinceMs, span: '1d' },
    ],
    columns: [
      { name: 'coins', direction: 'desc', big: true, from: -(2n ** 40n), to: 2n ** 40n },
      { name: 'gems', direction: 'asc', big: true, from: 0n, to: 300n },
      { name: 'at', direction: 'desc', time: true, from: 0, to: 3 },
    ],
    operators: ['sum'],
  },
  ...scenarios
    .slice(1)
    .map(
      (scenario): Scenario => ({ ...scenario, name: `${scenario.name}, in bytes`, layout: 'lexicographic' }),
    ),
];

const policies: readonly TiePolicy[] = ['ordinal', 'competition', 'modified', 'dense'];

/** Names whose order by bytes differs from that by UTF-16 units and from that of a dictionary. */
const names: readonly string[] = [
  'a',
  'ab',
  'B',
  'é',
  'z',
  'Ä',
  '\u{1f600}',
  '\uff5e',
  'a b',
  '0',
  'ß',
  'z\u0000',
  'Zoë',
  '10',
  '9',
  'ﬁ',
];

/** Runs random operations on a board and on the model, and compares every read. Throws at the first difference. */
export async function playAgainstModel(
  driver: Pick<Driver, 'send' | 'clock'>,
  scenario: Scenario,
  operator: Operator,
  seed: number,
  steps: number,
): Promise<void> {
  const random = seededRandom(seed);
  const integer = (from: number, to: number): number =>
    from + Math.floor(random.fraction() * (to - from + 1));
  const between = (from: number | bigint, to: number | bigint): bigint =>
    BigInt(from) + BigInt(Math.floor(random.fraction() * Number(BigInt(to) - BigInt(from) + 1n)));
  const pick = <T>(list: readonly T[]): T => list[integer(0, list.length - 1)] as T;
  const model = new BoardModel(scenario.columns, operator);
  const leaderboard = createLeaderboard(driver, {
    name: `${scenario.name}-${operator}-${seed}`.replaceAll(/[^a-z0-9]+/g, '-'),
    order: scenario.order,
    layout: scenario.layout ?? 'auto',
    ...(scenario.shards !== undefined && { shards: scenario.shards }),
    boards: { all: { operator, dense: scenario.shards === undefined } },
  });
  const board = leaderboard.board('all') as Board<readonly Column[], never>;
  for (let step = 0; step < steps; step++) {
    const member = pick(names);
    if (random.fraction() < 0.15) {
      expect(await board.remove(member)).toBe(model.remove(member));
    } else {
      const values = scenario.columns.map(({ from, to }) => between(from, to));
      const score = Object.fromEntries(
        scenario.columns.flatMap((column, i) =>
          column.time ? [] : [[column.name, columnValue(column, values[i] as bigint)]],
        ),
      );
      const time = scenario.columns.findIndex((column) => column.time);
      const tickMs = scenario.columns[time]?.tickMs ?? 1000;
      const occurredAt = sinceMs + Number(values[time] ?? 0n) * tickMs + integer(0, tickMs - 1);
      const before = model.has(member) ? model.rank(member, 'competition') : null;
      model.submit(
        member,
        values.map((value, i) => value + (i === time ? BigInt(sinceMs / tickMs) : 0n)),
      );
      const { boards } = await leaderboard.submit(member, score, { occurredAt, ties: 'competition' });
      expect(boards.all.previous?.rank ?? null, 'rank before').toBe(before);
      expect(boards.all.current?.rank, 'rank after').toBe(model.rank(member, 'competition'));
    }
    if (step % 20 === 19 || step === steps - 1) await compareReads(board, model, scenario, random);
  }
}

async function compareReads(
  board: Board<readonly Column[], never>,
  model: BoardModel,
  { columns, shards }: Scenario,
  random: RandomSource,
): Promise<void> {
  const sorted = model.rows();
  const total = sorted.length;
  const at = (most: number): number => Math.floor(random.fraction() * most);
  expect(await board.count()).toBe(total);
  for (const ties of policies) {
    if (ties === 'dense' && shards !== undefined) continue;
    const all = sorted.map((row) => {
      return {
        member: row.member,
        rank: model.rank(row.member, ties),
        score: model.score(row),
        metadata: null,
      };
    });
    expect((await board.top({ count: 1000, ties })).rows, ties).toEqual(all);
    const from = at(total + 2) + 1;
    const count = at(6) + 1;
    expect((await board.page({ from, count, ties })).rows, `page ${ties}`).toEqual(
      all.slice(from - 1, from - 1 + count),
    );
    const standing = (member: string): unknown => {
      const row = all.find((each) => each.member === member);
      return row === undefined ? null : { ...row, total, percentile: model.percentile(member) };
    };
    expect(await board.ranks(names, { ties }), `ranks ${ties}`).toEqual(names.map(standing));

    const me = names[at(names.length)] as string;
    expect(await board.rank(me, { ties }), `rank ${ties}`).toEqual(standing(me));
    const mine = all.findIndex(({ member }) => member === me);
    const start = Math.max(0, Math.min(mine - Math.floor((count - 1) / 2), total - count));
    const around = mine < 0 ? null : all.slice(start, start + count);
    expect((await board.around(me, { count, ties }))?.rows ?? null, `around ${ties}`).toEqual(around);
    const view = await board.view({ top: count, around: me, aroundCount: count, members: [me] }, { ties });
    expect(view).toEqual({ total, top: all.slice(0, count), around, members: [standing(me)] });

    const circle = names.filter(() => random.fraction() < 0.5);
    const friends = sorted.filter(({ member }) => circle.includes(member));
    expect(await board.friends(circle, { ties }), `friends ${ties}`).toEqual(
      friends.map(({ member }) => ({
        ...all.find((row) => row.member === member),
        rank: model.rank(member, ties, friends),
        globalRank: null,
      })),
    );

    expect(
      (await board.friends(circle, { ties, global: true })).map(({ globalRank }) => globalRank),
      `global ranks ${ties}`,
    ).toEqual(friends.map(({ member }) => model.rank(member, ties)));
    const percent = Math.floor(random.fraction() * 101);
    const enough = all.filter((_, i) => 100 * (total - i) >= percent * total);
    expect(await board.atPercentile(percent, { ties }), `percentile ${ties}`).toEqual(
      (percent === 0 ? all : enough).at(-1) ?? null,
    );

    const walked: unknown[] = [];
    let page = await board.top({ count, ties });
    walked.push(...page.rows);
    while (page.next !== null) {
      page = await board.after(page.next, { count, ties });
      walked.push(...page.rows);
    }
    expect(walked, `cursors ${ties}`).toEqual(all);

    const [first] = columns;
    if (first === undefined || total === 0) continue;
    const ends = [sorted[at(total)], sorted[at(total)]]
      .map((row) => sorted.indexOf(row as never))
      .sort((a, b) => a - b);
    const [best, worst] = ends.map((i) => sorted[i as number]?.tuple[0] as bigint) as [bigint, bigint];
    const value = (units: bigint): object => ({ [first.name]: columnValue(first, units) });
    const [low, high] = first.direction === 'desc' ? [worst, best] : [best, worst];
    if (low < high && ties === 'ordinal') {
      const middle = (low + high) / 2n;
      const edges = [low, ...(middle > low && middle < high ? [middle] : []), high];
      const ordered = first.direction === 'desc' ? edges : edges.toReversed();
      const counts = ordered.slice(1).map((better, i) => {
        const isLast = i === ordered.length - 2;
        return sorted.filter(({ tuple: [units = 0n] }) => {
          const worse = ordered[i] as bigint;
          const atLeast = first.direction === 'desc' ? units >= worse : units <= worse;
          const beyond = first.direction === 'desc' ? units >= better : units <= better;
          return atLeast && (isLast ? units === better || !beyond : !beyond);
        }).length;
      });
      const values = ordered.map((units) => columnValue(first, units)) as never[];
      expect(await board.histogram(values)).toEqual(counts);
    }
    const inside = all.filter((_, i) => {
      const units = sorted[i]?.tuple[0] as bigint;
      return first.direction === 'desc' ? units <= best && units >= worst : units >= best && units <= worst;
    });
    const found: unknown[] = [];
    let range = await board.between(value(best), value(worst), { count, ties });
    found.push(...range.rows);
    while (range.next !== null) {
      range = await board.after(range.next, { count, ties });
      found.push(...range.rows);
    }
    expect(found, `between ${ties}`).toEqual(inside);
  }
}
