import { isPenknifeError, isServerError, sharedFeed } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { faultKinds, type SimulationOptions, simulate } from '@penknife/testing';
import { describe, expect, it } from 'vitest';
import { engine, failureOf, get, increment, set } from './simulation.js';

const always: Pick<SimulationOptions, 'engine' | 'seeds'> = { engine, seeds: 100 };

describe('simulate', () => {
  it('a schedule repeats exactly: by its seed, and shortened by its replay text', async () => {
    const options: SimulationOptions = {
      engine,
      seeds: 300,
      processes: 3,
      faults: faultKinds,
      async scenario({ driver, clock, pick, record }) {
        record('begins', { with: pick(['a', 'b', 'c']), exactly: 2n ** 60n });
        for (let i = 0; i < 3; i++) {
          await clock.sleep(pick([0, 1, 5]));
          const seen = Number(await get(driver, 'n'));
          await set(driver, 'n', String(seen + 1));
          record('wrote', { value: seen + 1 });
        }
      },
      check: ({ events }) =>
        events.filter(({ type, value }) => type === 'wrote' && value === 5).map(() => 'five'),
    };
    const first = await failureOf(options);
    const again = await failureOf({ ...options, seeds: [first.seed] });
    expect(again.message).toBe(first.message);
    const replayed = await failureOf({ ...options, replay: first.replay });
    expect(replayed.events).toEqual(first.events);
    expect(replayed.trace).toEqual(first.trace);
    expect(first.message).toContain(`seed ${first.seed}: five`);
    expect(first.message).toContain(`replay: '${first.replay}'`);
  });

  it('every kind of fault happens, and a scenario that ends with the error of one has given up', async () => {
    const { faults, events } = await simulate({
      engine,
      seeds: 300,
      faults: faultKinds,
      async scenario({ driver, clock, record, life }) {
        for (let i = 0; i < 5; i++) {
          await increment(driver, 'n');
          await clock.sleep(50);
        }
        record(life === 0 ? 'done' : 'done later');
      },
      check: () => undefined,
    });
    for (const kind of faultKinds) expect(faults[kind], kind).toBeGreaterThan(10);
    expect(Object.keys(events).sort()).toEqual(['done', 'done later', 'gave-up']);
  });

  it('what is acknowledged has run; what is not ran once or never', async () => {
    await simulate({
      engine,
      seeds: 500,
      faults: faultKinds,
      async scenario({ driver, record }) {
        for (let i = 0; i < 4; i++) {
          record('call');
          await increment(driver, 'n').then(
            () => record('yes'),
            () => record('maybe'),
          );
        }
      },
      async check({ driver, events }) {
        const count = (type: string): number => events.filter((event) => event.type === type).length;
        const value = Number(await get(driver, 'n'));
        expect(value).toBeGreaterThanOrEqual(count('yes'));
        expect(value).toBeLessThanOrEqual(count('call'));
      },
    });
  });

  it('a process that was paused sees the time it missed, and its timers come late', async () => {
    const { faults } = await simulate({
      engine,
      seeds: 300,
      processes: 1,
      faults: { kinds: ['pause'], longestMs: 1000, atMost: 1 },
      async scenario({ driver, clock, record }) {
        await get(driver, 'n');
        await get(driver, 'n');
        const before = clock.monotonic();
        await clock.sleep(10);
        record('slept', { ms: clock.monotonic() - before });
      },
      check({ events }) {
        const pausedMs = events.map(({ fault, ms }) => (fault === 'pause' ? Number(ms) : 0));
        const slept = events.find(({ type }) => type === 'slept');
        expect(slept?.ms).toBeGreaterThanOrEqual(10);
        expect(slept?.ms).toBeLessThanOrEqual(10 + Math.max(...pausedMs));
        return undefined;
      },
    });
    expect(faults.pause).toBeGreaterThan(30);
  });

  it('whoever lost a connection hears of it, whichever side hears first, and gets another', async () => {
    const { events, faults } = await simulate({
      engine,
      seeds: 300,
      faults: { kinds: ['drop', 'lost-reply'], atMost: 5 },
      async scenario({ driver, record, clock }) {
        for (let i = 0; i < 6; i++) {
          const begunMs = clock.monotonic();
          await increment(driver, 'n').catch((error: unknown) => record('failed', { error: String(error) }));
          // Not by a deadline: those take seconds.
          if (clock.monotonic() - begunMs > 1000) record('late');
        }
      },
      check: () => undefined,
    });
    expect((faults.drop ?? 0) + (faults['lost-reply'] ?? 0)).toBeGreaterThan(300);
    expect(events.failed).toBeGreaterThan(100);
    expect(events.late).toBeUndefined();
  });

  it('a crash ends a process in the middle: nothing of it goes on, the others do', async () => {
    const { faults } = await simulate({
      engine,
      seeds: 200,
      faults: ['crash'],
      async scenario({ driver, record }) {
        await increment(driver, 'begun');
        record('between');
        await increment(driver, 'ended');
      },
      async check({ driver, events }) {
        const crashed = events.filter(({ fault }) => fault === 'crash').length;
        const ended = Number(await get(driver, 'ended'));
        expect(ended).toBeGreaterThanOrEqual(2 - crashed);
        expect(ended).toBeLessThanOrEqual(events.filter(({ type }) => type === 'between').length);
      },
    });
    expect(faults.crash).toBeGreaterThan(50);
  });

  it('messages of a feed, lanes and blocking commands are under way as everything is', async () => {
    const { events } = await simulate({
      engine,
      seeds: 200,
      async scenario({ index, driver, record }) {
        if (index === 0) {
          const lane = await driver.openLane();
          const popped = await lane.send({
            args: ['BLMOVE', 'in', 'out', 'LEFT', 'RIGHT', 10],
            read: String,
          });
          record('popped', { popped });
          await lane.close();
          return;
        }
        const heard: string[] = [];
        const subscription = await sharedFeed(driver).listen('channel', 'news', {
          message: (payload) => void heard.push(Buffer.from(payload).toString()),
        });
        for (const text of ['one', 'two'])
          await driver.send({ args: ['PUBLISH', 'news', text], read: String });
        await driver.send({ args: ['RPUSH', 'in', 'item'], key: 'in', read: String });
        await driver.clock.sleep(1000);
        record('heard', { heard });
        await subscription.close();
      },
      check({ events: seen }) {
        expect(seen.find(({ type }) => type === 'heard')?.heard).toEqual(['one', 'two']);
        expect(seen.find(({ type }) => type === 'popped')?.popped).toBe('item');
        return undefined;
      },
    });
    expect(events).toEqual({ popped: 200, heard: 200 });
  });

  it('a witness hears what the server answered, in the order in which it did', async () => {
    await simulate({
      engine,
      seeds: 50,
      setup: () => ({ served: [] as unknown[] }),
      scenario: ({ driver }) => increment(driver, 'n'),
      witness: ({ context, args, reply }) => context.served.push([args[0], reply]),
      check({ context }) {
        expect(context.served).toEqual([
          ['INCR', 1],
          ['INCR', 2],
        ]);
        return undefined;
      },
    });
  });

  it('says who never finishes, and what a scenario throws', async () => {
    const stuck = await failureOf({
      ...always,
      scenario: ({ index }) => (index === 0 ? Promise.resolve() : new Promise(() => undefined)),
      check: () => undefined,
    });
    expect(stuck.complaints).toEqual(['p1 did not finish: nothing is under way']);
    const polling = await failureOf({
      ...always,
      limitMs: 5000,
      async scenario({ clock }) {
        for (;;) await clock.sleep(100);
      },
      check: () => undefined,
    });
    expect(polling.complaints).toEqual(['p0, p1 did not finish: 5000 ms have passed']);
    const thrown = await failureOf({
      ...always,
      async scenario() {
        throw new TypeError('a bug');
      },
      check: () => undefined,
    });
    expect(thrown.complaints).toEqual(['TypeError: a bug', 'TypeError: a bug']);
  });

  it('says when a schedule does not repeat, because something is not simulated', async () => {
    let runs = 0;
    const failure = await failureOf({
      ...always,
      scenario: async () => undefined,
      check: () => (runs++ === 0 ? ['once'] : []),
    });
    expect(failure.complaints.join()).toMatch(/something is not simulated/);
  });

  it('a failover loses the last writes, and no more of them than it is told', async () => {
    const options = (lose: number): SimulationOptions => ({
      engine: ({ clock }) => createMemoryRedis({ clock, seed: 1, replica: { maxLag: 10 } }),
      seeds: 200,
      processes: 1,
      faults: { kinds: ['failover'], atMost: 1, lostWrites: lose },
      async scenario({ driver, clock, record }) {
        for (let i = 0; i < 10; i++) {
          record('acknowledged', { value: await increment(driver, 'n') });
          await clock.sleep(20);
        }
      },
      check: ({ events }) => {
        const values = events.filter(({ type }) => type === 'acknowledged').map(({ value }) => Number(value));
        const lost = values.map((value, i) => Math.max(0, ...values.slice(0, i)) + 1 - value);
        return lost.filter((count) => count > 3).map((count) => `${count} lost`);
      },
    });
    const { faults } = await simulate(options(3));
    expect(faults.failover).toBeGreaterThan(10);
    // Planted: a replica that lags more.
    expect((await failureOf(options(9))).complaints.join()).toMatch(/lost/);
  });

  it('processes live on a cluster that refuses what clusters refuse', async () => {
    const { faults, events } = await simulate({
      engine: ({ clock }) => createMemoryRedis({ clock, seed: 1, cluster: { shards: 3 } }),
      seeds: 100,
      faults: [...faultKinds, 'failover'],
      async scenario({ driver, record }) {
        for (const key of ['a', 'b', 'c']) await increment(driver, key);
        const over = { args: ['MGET', 'a', 'b'] as const, key: 'a', read: (reply: unknown) => reply };
        await driver.send(over).catch((error: unknown) => {
          if (!isServerError(error)) throw error;
          record(error.code);
        });
      },
      check: () => undefined,
    });
    expect(events.CROSSSLOT).toBeGreaterThan(50);
    expect(faults.drop).toBeGreaterThan(5);
    expect(faults.failover).toBeGreaterThan(5);
  });

  it('options that make no sense are refused by name', async () => {
    const refused = async (options: Partial<SimulationOptions>): Promise<string> => {
      const error = await simulate({
        ...always,
        scenario: async () => 0,
        check: () => undefined,
        ...options,
      }).catch((reason: unknown) => reason);
      return isPenknifeError(error) ? error.message : 'not refused';
    };
    expect(await refused({ seeds: 0 })).toContain('seeds');
    expect(await refused({ processes: 1.5 })).toContain('processes');
    expect(await refused({ faults: ['meteor' as 'crash'] })).toContain('meteor');
    expect(await refused({ replay: 'x:1' })).toContain('replay');
    expect(await refused({ faults: { kinds: ['crash'], atMost: -1 } })).toContain('atMost');
    const without: SimulationOptions['engine'] = () => ({
      ...createMemoryRedis({ seed: 1 }),
      failover: undefined,
    });
    expect(await refused({ engine: without, faults: ['failover'] })).toContain('failover');
  });
});
