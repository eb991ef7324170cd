import type { MatrixContext } from '@penknife/matrix';
import { createChaosDriver } from '@penknife/testing';
import { expect, it } from 'vitest';
import { createLeaderboard, type LeaderboardEvent } from '../src/index.js';
import { playHistory, playPassed, playSnapshots } from './lives.js';

const order = [{ points: 'desc', max: 1e6 }] as const;

/** What submits bring about, on whatever the context runs on. */
export function eventSuite(context: MatrixContext): void {
  function collecting(): {
    events: LeaderboardEvent[];
    sink: { emit(event: LeaderboardEvent): Promise<void> };
  } {
    const events: LeaderboardEvent[] = [];
    return { events, sink: { emit: async (event) => void events.push(event) } };
  }

  for (const layout of ['packed', 'lexicographic'] as const) {
    it(`a submit tells of new leaders, entries into the top, who was passed and ranks gained: ${layout}`, async () => {
      const { events, sink } = collecting();
      const scores = createLeaderboard(await context.driver(), {
        name: 'live',
        order,
        layout,
        events: { sink, top: 2, passed: 2 },
      });
      const told = async (member: string, points: number): Promise<string[]> => {
        events.length = 0;
        await scores.submit(member, { points });
        return events.map((event) =>
          event.type === 'passed'
            ? `passed ${event.members.join('+')} of ${event.count}`
            : event.type === 'rankUp'
              ? `up ${event.from}-${event.to}`
              : event.type,
        );
      };
      expect(await told('ann', 50)).toEqual(['newLeader', 'enteredTop']);
      expect(await told('bob', 40)).toEqual(['enteredTop']);
      expect(await told('cat, "the |"', 30)).toEqual([]);
      expect(await told('dan', 45)).toEqual(['enteredTop', 'passed bob+cat, "the |" of 2']);
      expect(await told('dan', 41)).toEqual([]);
      expect(await told('cat, "the |"', 60)).toEqual([
        'newLeader',
        'enteredTop',
        'passed ann+dan of 3',
        'up 4-1',
      ]);
      expect(events[0]).toMatchObject({
        leaderboard: 'live',
        board: 'all',
        part: undefined,
        period: null,
        id: undefined,
      });
      const { boards } = await scores.submit('eve', { points: 55 }, { passed: 0 });
      expect(boards.all).toMatchObject({
        places: { before: null, after: 2 },
        passed: { members: [], count: 3 },
      });
    });
  }

  it('after a lost reply the retry under the key tells the same events under the same id', async () => {
    const { events, sink } = collecting();
    let lose = true;
    const chaos = createChaosDriver(await context.driver(), {
      seed: 1,
      plan: () => (lose ? 'drop-after' : undefined),
    });
    const scores = createLeaderboard(chaos.driver, { name: 'live', order, events: { sink } });
    await expect(scores.submit('ann', { points: 5 }, { key: 'm' })).rejects.toMatchObject({ sent: 'maybe' });
    expect(events).toEqual([]);
    lose = false;
    await scores.submit('ann', { points: 5 }, { key: 'm' });
    const first = events.map(({ id }) => id);
    expect(first).toEqual(['live/all//m/ann/newLeader', 'live/all//m/ann/enteredTop']);
    await scores.submit('ann', { points: 5 }, { key: 'm' });
    expect(events.slice(2).map(({ id }) => id)).toEqual(first);
  });

  const failing: Readonly<Record<string, () => unknown>> = {
    'that rejects': () => Promise.reject(new Error('no subscribers')),
    'that throws at once': () => {
      throw new Error('no subscribers');
    },
    'that gives no promise': () => undefined,
    'that never ends': () => new Promise(() => undefined),
  };
  for (const [name, emit] of Object.entries(failing)) {
    const endless = name === 'that never ends';
    const where = context.where(!endless || context.column.memory, 'its deadline has to pass');
    where(`a sink ${name} costs no score, and holds up no submit`, async () => {
      const scores = createLeaderboard(await context.driver(), {
        name: 'live',
        order,
        boards: { all: { operator: 'sum' } },
        events: { sink: { emit: emit as () => Promise<void> } },
      });
      const submitted = scores.submit('ann', { points: 5 }, endless ? { deadlineMs: 2000 } : {});
      if (endless) await context.advance(2001);
      expect((await submitted).boards.all.status).toBe('entered');
      expect((await scores.board('all').rank('ann'))?.score.points).toBe(5);
    });
  }

  it('a sink that never ends is left when the signal of the submit fires', async () => {
    const asked = new AbortController();
    const emit = (): Promise<void> => {
      queueMicrotask(() => asked.abort());
      return new Promise(() => undefined);
    };
    const scores = createLeaderboard(await context.driver(), {
      name: 'live',
      order,
      events: { sink: { emit } },
    });
    const { boards } = await scores.submit('ann', { points: 5 }, { signal: asked.signal });
    expect(boards.all.status).toBe('entered');
  });

  it('attempts are counted, and more are spent; a retry under a key is no attempt', async () => {
    const scores = createLeaderboard(await context.driver(), {
      name: 'tries',
      order,
      boards: { cup: { attempts: 2, period: 'day' }, all: {} },
    });
    const submit = async (points: number, key?: string) =>
      (await scores.submit('ann', { points }, key === undefined ? {} : { key })).boards;
    expect((await submit(5, 'a')).cup.status).toBe('entered');
    expect((await submit(5, 'a')).cup.status).toBe('entered');
    expect((await submit(3)).cup.status).toBe('unchanged');
    const third = await submit(9);
    expect(third.cup).toMatchObject({ status: 'spent', current: { score: { points: 5 } }, isBest: false });
    expect(third.all).toMatchObject({ status: 'changed', current: { score: { points: 9 } } });
    await scores.remove('ann');
    expect((await submit(9)).cup).toMatchObject({ status: 'spent', current: null });
  });

  for (const layout of ['packed', 'lexicographic'] as const) {
    it(`a member has a line of its past, one sample a stretch of time, as many as are kept: ${layout}`, async () => {
      await playHistory(await context.driver(), layout);
    });

    it(`a snapshot is taken once a stretch of time, and tells who moved since: ${layout}`, async () => {
      await playSnapshots(await context.driver(), layout);
    });

    it(`a submit tells whom it passed: ${layout}`, async () => {
      await playPassed(await context.driver(), layout);
    });
  }

  context.where(context.column.memory, 'days pass: on memory only')(
    'the change since yesterday, on a board of all time and in a period; snapshots end',
    async () => {
      const scores = createLeaderboard(await context.driver(), {
        name: 'moves',
        order,
        boards: {
          all: { snapshots: { every: '1d', keep: 2 } },
          weekly: { period: 'week', snapshots: { every: '1d', keep: 2 } },
        },
      });
      const dayMs = 86_400_000;
      const board = scores.board('all');
      await context.advance(dayMs - (context.clock.now() % dayMs) + 1000);
      await scores.submit('ann', { points: 10 });
      await scores.submit('bob', { points: 5 });
      for (const each of [board, scores.board('weekly')]) await each.snapshot();
      await context.advance(dayMs);
      await scores.submit('bob', { points: 20 });
      expect(await board.movement(['bob', 'ann'])).toEqual([
        { member: 'bob', rank: 1, previous: 2, delta: 1 },
        { member: 'ann', rank: 2, previous: 1, delta: -1 },
      ]);
      expect((await board.past())?.rows[0]?.member).toBe('ann');
      expect((await board.snapshot()).rows[0]?.member).toBe('bob');
      await context.advance(dayMs);
      expect((await board.past({ ago: 2 }))?.rows[0]?.member).toBe('ann');
      await context.advance(dayMs);
      expect(await board.past({ ago: 2 })).toMatchObject({ rows: [{ member: 'bob' }, { member: 'ann' }] });
      await context.advance(3 * dayMs);
      expect(await board.past({ ago: 2 })).toBeNull();
    },
  );

  it('what a board without snapshots or history is asked, and what they cannot be, is refused', async () => {
    const driver = await context.driver();
    const make = (board: object) => createLeaderboard(driver, { name: 'x', order, boards: { all: board } });
    const bare = make({}).board('all');
    for (const call of [bare.snapshot(), bare.past(), bare.movement(['ann'])]) {
      await expect(call).rejects.toMatchObject({ argument: 'board' });
    }
    const kept = make({ snapshots: { every: '1d', keep: 2 } }).board('all');
    await expect(kept.past({ ago: 3 })).rejects.toMatchObject({ argument: 'ago' });
    await expect(kept.movement(['a', 'a'])).rejects.toMatchObject({ argument: 'members' });
    expect(() => make({ snapshots: { every: '1d', keep: 0 } })).toThrow(/snapshots\.keep must be/);
    expect(() => make({ snapshots: { every: '1d', keep: 2, top: 1001 } })).toThrow(/snapshots\.top must be/);
    expect(() => make({ snapshots: { every: '1d', keep: 2 }, window: '1d' })).toThrow(
      /must not be given with a window/,
    );
  });
}
