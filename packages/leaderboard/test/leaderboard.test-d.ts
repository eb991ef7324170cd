import type { Driver } from '@penknife/core';
import { expectTypeOf, it } from 'vitest';
import { type BoardOutcome, createLeaderboard, type Row } from '../src/index.js';

declare const driver: Driver;

const order = [
  { points: 'desc', max: 1e6 },
  { at: 'asc', unit: 's' },
  { lives: 'desc', max: 9, decimals: 0 },
] as const;

it('types follow the declared order and boards', () => {
  const scores = createLeaderboard(driver, {
    name: 'arcade',
    order: [
      { points: 'desc', max: 1e6 },
      { at: 'asc', unit: 's' },
      { lives: 'desc', max: 9 },
    ],
    boards: { all: {}, daily: { period: 'day' }, country: { by: 'country' } },
  });
  expectTypeOf(scores.submit)
    .parameter(1)
    .toEqualTypeOf<{ readonly points: number; readonly lives: number }>();
  expectTypeOf(scores.board).parameter(0).toEqualTypeOf<'all' | 'daily' | 'country'>();
  type Outcomes = Awaited<ReturnType<typeof scores.submit>>['boards'];
  expectTypeOf<Outcomes['country']>().toExtend<BoardOutcome<typeof order> | undefined>();
  expectTypeOf<undefined>().toExtend<Outcomes['country']>();
  expectTypeOf<undefined>().not.toExtend<Outcomes['all']>();
  type Read = Awaited<ReturnType<ReturnType<typeof scores.board>['top']>>['rows'][number];
  expectTypeOf<Read['score']>().toEqualTypeOf<{
    readonly points: number;
    readonly at: number;
    readonly lives: number;
  }>();
  expectTypeOf<Read['metadata']>().toEqualTypeOf<null>();
  expectTypeOf<Row<typeof order, string>['metadata']>().toEqualTypeOf<string | null>();
  // @ts-expect-error: a column the server fills is not submitted
  void scores.submit('ann', { points: 1, lives: 1, at: 5 });
  // @ts-expect-error: every column is submitted
  void scores.submit('ann', { points: 1 });
  // @ts-expect-error: no board is split by town
  void scores.submit('ann', { points: 1, lives: 1 }, { in: { town: 'x' } });
  // @ts-expect-error: no such board
  scores.board('monthly');
});

it('one board is there by default', () => {
  const scores = createLeaderboard(driver, { name: 'x', order });
  expectTypeOf(scores.board).parameter(0).toEqualTypeOf<'all'>();
});
