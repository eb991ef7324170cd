import { type Codec, type Command, type Driver, jsonCodec } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { createChaosDriver } from '@penknife/testing';
import { expect, it } from 'vitest';
import { createLeaderboard, createOutboxRelay, type LeaderboardEvent } from '../src/index.js';

const order = [
  { points: 'desc', max: 1e6 },
  { at: 'asc', unit: 'ms' },
] as const;

const boards = {
  all: { operator: 'sum' },
  world: { operator: 'sum', apart: true },
  clan: { by: 'clan', operator: 'sum', apart: true },
} as const;

/** A driver that cannot reach what lies under some keys. */
function cutOff(driver: Driver, isCut: (key: string) => boolean): Driver {
  const send: Driver['send'] = <T>(command: Command<T>, options?: object) =>
    isCut(String(command.key)) ? Promise.reject(new Error('cut off')) : driver.send(command, options);
  return { ...driver, clock: driver.clock, random: driver.random, send };
}

/** Boards that live apart, and the outbox that feeds them, on whatever the context runs on. */
export function outboxSuite(context: MatrixContext): void {
  async function make() {
    const driver = await context.driver();
    const scores = createLeaderboard(driver, {
      name: 'club',
      order,
      boards,
      metadata: jsonCodec as Codec<string>,
    });
    return { driver, scores, relay: createOutboxRelay(driver, scores) };
  }

  it('a board apart gets its submits by the outbox: in order, once, as of when they happened', async () => {
    const { scores, relay } = await make();
    const reds = { in: { clan: 'reds' } } as const;
    const first = await scores.submit('ann', { points: 5 }, { ...reds, metadata: 'Änne' });
    expect(first.boards.all).toMatchObject({ status: 'entered', current: { rank: 1 } });
    expect(first.boards.world).toEqual({
      status: 'queued',
      previous: null,
      current: null,
      delta: null,
      isBest: false,
      places: null,
      passed: null,
      total: 0,
      period: null,
    });
    expect(first.boards.clan?.status).toBe('queued');
    await scores.submit('ann', { points: 7 }, reds);
    await scores.submit('bob', { points: 1 });
    expect(await scores.board('world').count()).toBe(0);
    expect(await scores.outbox.length()).toBe(3);
    expect(await relay.run()).toEqual({ kind: 'relayed', done: 3, left: 0, refused: [], failures: [] });
    expect(await scores.outbox.length()).toBe(0);
    const near = await scores.board('all').rank('ann');
    expect(await scores.board('world').rank('ann')).toEqual(near);
    expect(near).toMatchObject({ rank: 1, metadata: 'Änne', score: { points: 12 } });
    expect((await scores.board('clan', { part: 'reds' }).top()).rows).toHaveLength(1);
    expect((await scores.board('world').top()).rows.map(({ member }) => member)).toEqual(['ann', 'bob']);
    await relay.close();
  });

  it('scores of any size go through the outbox unharmed', async () => {
    const driver = await context.driver();
    const scores = createLeaderboard(driver, {
      name: 'bank',
      order: [
        { coins: 'desc', max: 2n ** 63n - 1n },
        { lap: 'asc', max: 100, decimals: 3 },
      ],
      boards: { all: {}, world: { apart: true } },
    });
    await scores.submit('ann', { coins: 2n ** 63n - 2n, lap: 61.234 });
    await createOutboxRelay(driver, scores).run();
    expect((await scores.board('world').rank('ann'))?.score).toEqual({ coins: 2n ** 63n - 2n, lap: 61.234 });
  });

  it('a retry under a key is queued once', async () => {
    const { scores, relay } = await make();
    for (let i = 0; i < 3; i++) await scores.submit('ann', { points: 5 }, { key: 'm' });
    expect(await scores.outbox.length()).toBe(1);
    await relay.run();
    expect((await scores.board('world').rank('ann'))?.score.points).toBe(5);
    await scores.submit('ann', { points: 5 }, { key: 'm' });
    expect(await scores.outbox.length()).toBe(0);
  });

  it('several relays at once, whose replies are lost: sums stay exact', async () => {
    const { scores } = await make();
    let expected = 0;
    for (let i = 1; i <= 30; i++) {
      await scores.submit('ann', { points: i });
      expected += i;
    }
    const chaos = await Promise.all(
      [3, 4].map(async (seed) =>
        createChaosDriver(await context.driver(), { seed, rates: { dropBefore: 0.1, dropAfter: 0.25 } }),
      ),
    );
    // Leases that end at once: nobody waits for anybody.
    const turns = chaos.map(({ driver }, i) => {
      const { outbox } = createLeaderboard(driver, { name: 'club', order, boards });
      return async () => {
        for (let turn = 0; turn < 60; turn++) {
          await outbox.relay({ holder: `r${i}`, leaseMs: 1, most: 7 }).catch(() => undefined);
        }
      };
    });
    await Promise.all(turns.map((turn) => turn()));
    while ((await scores.outbox.length()) > 0)
      await scores.outbox.relay({ holder: 'last', leaseMs: 1, most: 100 });
    expect((await scores.board('world').rank('ann'))?.score.points).toBe(expected);
    expect(chaos.flatMap(({ faults }) => faults).length).toBeGreaterThan(5);
  });

  it('one relay at a time: others hear how long the lease is, and take over when it is given up', async () => {
    const { driver, scores, relay } = await make();
    await scores.submit('ann', { points: 5 });
    expect((await relay.run()).kind).toBe('relayed');
    const other = createOutboxRelay(driver, scores);
    expect(await other.run()).toMatchObject({ kind: 'elsewhere' });
    await relay.close();
    await scores.submit('ann', { points: 5 });
    expect(await other.run()).toMatchObject({ kind: 'relayed', done: 1 });
    await other.close();
  });

  it('a board that cannot be reached keeps its submits in their order; others go on', async () => {
    const { driver, scores } = await make();
    for (const points of [1, 2, 3]) await scores.submit('ann', { points }, { in: { clan: 'reds' } });
    let isCut = true;
    const lame = cutOff(driver, (key) => isCut && key.includes(':clan:reds}'));
    const { outbox } = createLeaderboard(lame, { name: 'club', order, boards });
    const turn = { holder: 'r', leaseMs: 5000, most: 100 };
    expect(await outbox.relay(turn)).toMatchObject({ done: 0, left: 3, failures: [{ message: 'cut off' }] });
    expect((await scores.board('world').rank('ann'))?.score.points).toBe(6);
    expect(await scores.board('clan', { part: 'reds' }).count()).toBe(0);
    isCut = false;
    expect(await outbox.relay(turn)).toMatchObject({ done: 3, left: 0, failures: [] });
    expect((await scores.board('clan', { part: 'reds' }).rank('ann'))?.score.points).toBe(6);
    expect((await scores.board('world').rank('ann'))?.score.points).toBe(6);
  });

  it('a relay that does not know a board leaves its submits to one that does; what another order wrote is told', async () => {
    const { driver, scores, relay } = await make();
    await scores.submit('ann', { points: 5 }, { in: { clan: 'reds' } });
    const turn = { holder: 'r', leaseMs: 1, most: 100 };
    const older = createLeaderboard(driver, {
      name: 'club',
      order,
      boards: { all: boards.all, world: boards.world },
    });
    expect(await older.outbox.relay(turn)).toMatchObject({
      done: 0,
      left: 1,
      failures: [{ argument: 'boards' }],
    });
    await older.outbox.leave('r');
    const other = createLeaderboard(driver, { name: 'club', order: [{ gold: 'desc', max: 9 }], boards });
    expect(await other.outbox.length()).toBe(1);
    await relay.run();
    expect((await scores.board('clan', { part: 'reds' }).rank('ann'))?.score.points).toBe(5);
    expect((await scores.board('world').rank('ann'))?.score.points).toBe(5);
    await relay.close();
    await scores.submit('ann', { points: 5 });
    expect(await other.outbox.relay(turn)).toMatchObject({
      done: 1,
      refused: [{ member: 'ann', reason: 'order' }],
    });
  });

  it('a member is forgotten on boards that lived apart, and are not declared any more', async () => {
    const { driver, scores, relay } = await make();
    await scores.submit('ann', { points: 5 }, { in: { clan: 'reds' } });
    await relay.run();
    await relay.close();
    const fewer = createLeaderboard(driver, { name: 'club', order, boards: { all: boards.all } });
    expect(await fewer.members.forget('ann')).toBe(3);
    expect(await scores.board('world').count()).toBe(0);
    expect(await scores.board('clan', { part: 'reds' }).count()).toBe(0);
  });

  it('a board that lives apart no more, where members can be banned since, is no obstacle to a new name', async () => {
    const { driver, scores, relay } = await make();
    await scores.submit('ann', { points: 5 });
    await relay.run();
    await relay.close();
    const near = createLeaderboard(driver, {
      name: 'club',
      order,
      bans: true,
      boards: { all: boards.all, world: { operator: 'sum' } },
    });
    expect(await near.members.rename('ann', 'eve')).toBe(2);
    expect((await scores.board('world').rank('eve'))?.score.points).toBe(5);
  });

  context.where(context.column.memory, 'its deadline has to pass')(
    'a sink that never ends holds a relay up once a look, however much it is to be told',
    async () => {
      let emitted = 0;
      const sink = {
        emit(): Promise<void> {
          emitted++;
          return new Promise(() => undefined);
        },
      };
      const driver = await context.driver();
      const scores = createLeaderboard(driver, {
        name: 'stuck',
        order,
        deadlineMs: 2000,
        boards: { home: { attempts: 1 }, world: { apart: true } },
        events: { sink },
      });
      const submits = ['ann', 'bob', 'cat'].map((member, i) => scores.submit(member, { points: i }));
      await context.advance(2001);
      await Promise.all(submits);
      const before = emitted;
      const relay = createOutboxRelay(driver, scores);
      const running = relay.run();
      await context.advance(2001);
      expect(await running).toMatchObject({ done: 3, left: 0 });
      expect(emitted).toBe(before + 3);
      await relay.close();
    },
  );

  it('a relay that was started hands over by itself, and tells what it brought about', async () => {
    const driver = await context.driver();
    let told: (event: LeaderboardEvent) => void = () => undefined;
    const heard = new Promise<LeaderboardEvent>((resolve) => {
      told = resolve;
    });
    const scores = createLeaderboard(driver, {
      name: 'live',
      order,
      boards: { home: { attempts: 1 }, world: { apart: true } },
      events: {
        sink: {
          emit: async (event) => {
            if (event.board === 'world') told(event);
          },
        },
      },
    });
    await scores.submit('ann', { points: 5 });
    const relay = createOutboxRelay(driver, scores, { every: 10 }).start();
    expect(await heard).toMatchObject({
      type: 'newLeader',
      member: 'ann',
      id: expect.stringContaining('live/world//'),
    });
    await relay.close();
    await relay.close();
    expect((await scores.board('world').rank('ann'))?.rank).toBe(1);
  });

  it('a member is removed and forgotten on boards that live apart, too', async () => {
    const { scores, relay } = await make();
    for (const member of ['ann', 'bob']) await scores.submit(member, { points: 5 }, { in: { clan: 'reds' } });
    await relay.run();
    expect(await scores.remove('bob', { in: { clan: 'reds' } })).toBe(3);
    expect(await scores.members.rename('ann', 'anna')).toBe(3);
    expect((await scores.board('clan', { part: 'reds' }).rank('anna'))?.score.points).toBe(5);
    expect(await scores.members.forget('anna')).toBe(3);
    expect(await scores.board('world').count()).toBe(0);
    await relay.close();
  });
}
