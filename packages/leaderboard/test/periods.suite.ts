import type { Clock, Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createLeaderboard } from '../src/index.js';

const order = [{ points: 'desc', max: 1e6 }] as const;
const dayMs = 86_400_000;

/** A driver of a process whose clock is wrong, and how often it sent something. */
function skewed(driver: Driver, byMs: number): { driver: Pick<Driver, 'send' | 'clock'>; sent(): number } {
  let sent = 0;
  const clock: Clock = {
    ...driver.clock,
    now: () => driver.clock.now() + byMs,
    monotonic: () => driver.clock.monotonic(),
  };
  const send: Driver['send'] = (command, options) => {
    sent++;
    return driver.send(command, options);
  };
  return { driver: { send, clock }, sent: () => sent };
}

/** Boards with periods, on whatever the context runs on. */
export function periodSuite(context: MatrixContext): void {
  const memoryOnly = context.where(context.column.memory, 'a midnight has to pass');
  const options = {
    name: 'calendar',
    order,
    boards: { daily: { period: 'day', grace: '10m', keep: '2d' } },
  } as const;

  it('trap 11: the server’s clock chooses the period; a process with a wrong clock pays one more round trip, once', async () => {
    const driver = await context.driver();
    const right = createLeaderboard(driver, options);
    const { period } = (await right.submit('ann', { points: 1 })).boards.daily;
    for (const byMs of [-3 * dayMs, 40 * dayMs]) {
      const wrong = skewed(driver, byMs);
      const scores = createLeaderboard(wrong.driver, options);
      const outcome = (await scores.submit('bob', { points: 2 })).boards.daily;
      expect(outcome.period).toEqual(period);
      expect(wrong.sent()).toBe(2);
      expect((await scores.board('daily').top()).rows.map(({ member }) => member)).toEqual(['bob', 'ann']);
      expect((await scores.submit('cat', { points: 0 })).boards.daily.period).toEqual(period);
      expect(await scores.remove('cat')).toBe(1);
      expect(wrong.sent()).toBe(5);
    }
  });

  it('a clock that never agrees is an error, not a loop', async () => {
    const driver = await context.driver();
    let now = 0;
    const clock: Clock = { ...driver.clock, now: () => (now += 5 * dayMs), monotonic: () => 0 };
    const scores = createLeaderboard({ send: driver.send.bind(driver), clock }, options);
    await expect(scores.submit('ann', { points: 1 })).rejects.toMatchObject({ code: 'SERVER_CLOCK' });
    const honest = createLeaderboard(driver, options);
    expect(await honest.board('daily').count()).toBe(0);
  });

  for (const layout of ['packed', 'lexicographic'] as const)
    context.where(context.column.topology !== 'cluster', 'KEYS asks one node only')(
      `trap 12: every key of a period ends with it, set by the script that makes it, whatever is removed and made again: ${layout}`,
      async () => {
        const scores = createLeaderboard(await context.driver(), {
          ...options,
          layout,
          boards: { daily: { ...options.boards.daily, dense: true } },
          metadata: {
            id: 't',
            name: 'text',
            encode: (value: string) => value,
            decode: (data) => String(data),
          },
        });
        const { period } = (await scores.submit('ann', { points: 1 }, { metadata: 'x' })).boards.daily;
        await scores.submit('bob', { points: 2 });
        await scores.remove('ann');
        await scores.remove('bob');
        await scores.submit('cat', { points: 2 }, { metadata: 'y', key: 'k' });
        // Alone on the board, it moves: the board must not become a new key without an end.
        await scores.submit('cat', { points: 3 });
        const keys = ((await context.admin('KEYS', '*')) as string[]).filter(
          (key) => !key.includes(':rounds:'),
        );
        expect(keys).toHaveLength(layout === 'packed' ? 4 : 5);
        for (const key of keys.filter((key) => !key.includes(':once:'))) {
          const expires = Number(await context.admin('PEXPIRETIME', key));
          expect(expires).toBe((period?.endMs ?? 0) + 600_000 + 2 * dayMs);
        }
      },
    );

  it('a late score counts where it happened, as long as the grace lasts', async () => {
    const driver = await context.driver();
    const now = context.clock.now();
    const endedMs = Math.floor(now / dayMs) * dayMs;
    const scores = createLeaderboard(driver, {
      ...options,
      boards: { daily: { period: 'day', grace: '25h' } },
    });
    const strict = createLeaderboard(driver, {
      ...options,
      name: 'strict',
      boards: { daily: { period: 'day', grace: 0 } },
    });
    const late = (await scores.submit('ann', { points: 3 }, { occurredAt: endedMs - 1 })).boards.daily;
    expect(late).toMatchObject({ status: 'entered', period: { startMs: endedMs - dayMs, endMs: endedMs } });
    expect(await scores.board('daily').rank('ann')).toBeNull();
    expect((await scores.board('daily', { ago: 1 }).rank('ann'))?.score).toEqual({ points: 3 });
    expect((await scores.board('daily', { at: endedMs - 1 }).top()).period?.endMs).toBe(endedMs);
    const closed = (await strict.submit('ann', { points: 3 }, { occurredAt: endedMs - 1 })).boards.daily;
    expect(closed).toMatchObject({ status: 'closed', previous: null, current: null, isBest: false });
    expect(await strict.board('daily', { ago: 1 }).count()).toBe(0);
    const early = (await strict.submit('ann', { points: 3 }, { occurredAt: now + 30 * dayMs })).boards.daily;
    expect(early.period?.startMs).toBe(endedMs);
  });

  memoryOnly('a new period starts at midnight; the one before is kept, then gone', async () => {
    const scores = createLeaderboard(await context.driver(), options);
    const daily = scores.board('daily');
    const untilMidnight = dayMs - (context.clock.now() % dayMs);
    await scores.submit('ann', { points: 1 });
    await context.advance(untilMidnight - 1);
    expect(await daily.count()).toBe(1);
    const page = await daily.top({ count: 1 });
    await context.advance(1);
    expect(await daily.count()).toBe(0);
    expect(page.next).toBeNull();
    expect((await scores.submit('ann', { points: 5 })).boards.daily).toMatchObject({
      status: 'entered',
      total: 1,
    });
    const yesterday = scores.board('daily', { ago: 1 });
    expect((await yesterday.rank('ann'))?.score).toEqual({ points: 1 });
    await context.advance(2 * dayMs + 600_000 - 1);
    expect(await scores.board('daily', { ago: 3 }).count()).toBe(1);
    await context.advance(2); // a server lets a key go once its time has passed, not at it
    expect(await scores.board('daily', { ago: 3 }).count()).toBe(0);
  });

  memoryOnly('a cursor goes on in the period it came from', async () => {
    const scores = createLeaderboard(await context.driver(), options);
    for (const member of ['a', 'b', 'c']) await scores.submit(member, { points: 1 });
    const page = await scores.board('daily').top({ count: 2 });
    await context.advance(dayMs);
    await scores.submit('z', { points: 1 });
    const rest = await scores.board('daily').after(page.next as string);
    expect(rest.rows.map(({ member }) => member)).toEqual(['c']);
    expect(rest.period).toEqual(page.period);
  });

  memoryOnly('trap 5: within a period time counts from its start', async () => {
    const scores = createLeaderboard(await context.driver(), {
      name: 'timed',
      order: [
        { points: 'desc', max: 1e6 },
        { at: 'asc', unit: 'ms' },
      ],
      boards: { daily: { period: 'day' }, monthly: { period: 'month', zone: 'Asia/Tokyo' } },
    });
    await context.advance(45_678);
    const now = context.clock.now();
    const { boards } = await scores.submit('ann', { points: 7 });
    expect(boards.daily.current?.score).toEqual({ points: 7, at: now });
    expect(boards.monthly.current?.score).toEqual({ points: 7, at: now });
    await context.advance(1);
    await scores.submit('aaa', { points: 7 });
    expect((await scores.board('daily').top()).rows.map(({ member }) => member)).toEqual(['ann', 'aaa']);
    const shared = await scores.board('monthly').top({ ties: 'competition' });
    expect(shared.rows.map(({ rank }) => rank)).toEqual([1, 1]);
  });
}
