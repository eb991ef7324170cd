import {
  type CallOptions,
  type Command,
  DeadlineError,
  type Driver,
  type Reply,
  ServerError,
} from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { beforeEach, describe, expect, it } from 'vitest';
import { createQuorumLocks, lockKeys, type QuorumLocks } from '../src/index.js';
import { held } from './eventually.js';
import { createStage, type Stage } from './stage.js';

/** On memory alone: a server that says nothing for days, or answers one request of many. */
describe('a server that keeps silent', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = createStage();
  });

  /** Every command of every connection waits for so long. */
  async function freeze(driver: Driver, ms: number): Promise<void> {
    await driver.send({ args: ['CLIENT', 'PAUSE', ms, 'ALL'], read: (reply: Reply) => reply });
  }

  const ways: readonly (readonly [string, number | undefined, number])[] = [
    ['as long as usual', undefined, 5000],
    ['as long as the locks say', 300, 300],
  ];
  it.each(ways)('with `ack`, a try is unavailable after its deadline: %s', async (_, deadlineMs, lastsMs) => {
    const ack = { replicas: 1, timeoutMs: 10 };
    const { locks, link } = stage.actor({ ack, ...(deadlineMs !== undefined && { deadlineMs }) });
    await freeze(link.driver, 600_000);
    const trying = locks.tryAcquire('a', { ttl: '1h' });
    let over = false;
    void trying.then(() => {
      over = true;
    });
    await stage.clock.advance(lastsMs - 1);
    expect(over).toBe(false);
    await stage.clock.advance(1);
    expect(over).toBe(true);
    expect(await trying).toMatchObject({ ok: false, reason: 'unavailable', error: { code: 'DEADLINE' } });
    await stage.clock.advance(600_000);
    expect((await locks.inspect('a')).holder).toBeUndefined();
    expect(await stage.strike()).toBe(0);
  });

  it.each(['UNBLOCKED the primary is a replica now', 'NOPERM no right to WAIT'])(
    'with `ack`, what was granted is given back when the server does not count replicas: %s',
    async (says) => {
      let refuses = true;
      const { locks } = stage.actor({ ack: { replicas: 1, timeoutMs: 10 } }, (driver) => ({
        ...driver,
        async openLane(options) {
          const lane = await driver.openLane(options);
          const send: typeof lane.send = (command, call) =>
            refuses && command.args[0] === 'WAIT'
              ? Promise.reject(new ServerError(says, { command: 'WAIT' }))
              : lane.send(command, call);
          return { ...lane, send };
        },
      }));
      expect(await locks.tryAcquire('a', { ttl: '1h' })).toMatchObject({
        ok: false,
        reason: 'unavailable',
        error: { code: 'NOT_ACKNOWLEDGED', cause: { code: says.split(' ')[0] } },
      });
      refuses = false;
      await stage.settle();
      await stage.clock.advance(10_000);
      expect((await locks.inspect('a')).holder).toBeUndefined();
    },
  );

  it('durations given as text, where types say numbers, are what they say', async () => {
    const waits: unknown[] = [];
    const given = { ack: { replicas: 1, timeoutMs: '100ms' as never }, deadlineMs: '5s' as never };
    const { locks } = stage.actor(given, (driver) => ({
      ...driver,
      async openLane(options) {
        const lane = await driver.openLane(options);
        const send: typeof lane.send = (command, call) => {
          if (command.args[0] === 'WAIT') waits.push(command.args);
          return lane.send(command, call);
        };
        return { ...lane, send };
      },
    }));
    const trying = locks.tryAcquire('a', { ttl: '1h' });
    await stage.clock.advance(100);
    await trying;
    expect(waits).toEqual([['WAIT', 1, 100]]);
  });

  it('with `ack`, nobody waits longer for a connection, and what comes too late is not sent', async () => {
    const opened: (() => void)[] = [];
    const { locks, calls } = stage.actor({ ack: { replicas: 1, timeoutMs: 10 } }, (driver) => ({
      ...driver,
      async openLane(options) {
        await new Promise<void>((resolve) => opened.push(resolve));
        return driver.openLane(options);
      },
    }));
    // More than there are connections: some wait for one of another.
    const tries = Array.from({ length: 12 }, (_, i) => locks.tryAcquire(`lock-${i}`));
    await stage.clock.advance(5000);
    for (const outcome of await Promise.all(tries))
      expect(outcome).toMatchObject({ reason: 'unavailable', error: { code: 'CONNECTION', sent: 'no' } });
    for (const open of opened) open();
    await stage.settle();
    expect(calls).toEqual([]);
    expect((await locks.inspect('lock-0')).holder).toBeUndefined();
    expect(await stage.strike()).toBe(0);
  });

  /** Which writes a replica acknowledges, and how often it was asked for. */
  interface Replica {
    acquires: boolean;
    readonly asked: { acquires: number; extensions: number };
  }

  /** Answers WAIT in the replica's name: extensions are always acknowledged, acquires when it says so, or never answered. */
  function replicated(replica: Replica): (driver: Driver) => Driver {
    return (driver) => ({
      ...driver,
      async openLane(options) {
        const lane = await driver.openLane(options);
        let prolongs = false;
        const send: typeof lane.send = (command, call = {}) => {
          if (command.args[0] !== 'WAIT') {
            prolongs = command.script?.name === 'locks/mutex-extend';
            return lane.send(command, call);
          }
          replica.asked[prolongs ? 'extensions' : 'acquires']++;
          if (prolongs || replica.acquires) return Promise.resolve(command.read(1));
          const { deadlineMs = Number.NaN } = call;
          return new Promise((_, reject) => {
            driver.clock.timer(deadlineMs, () => reject(new DeadlineError(deadlineMs)));
          });
        };
        return { ...lane, send };
      },
    });
  }

  it('with `ack`, those who acquire do not keep those who hold from their extensions', async () => {
    const replica: Replica = { acquires: true, asked: { acquires: 0, extensions: 0 } };
    const ack = { replicas: 1, timeoutMs: 1000 };
    const { locks } = stage.actor({ ttl: 3000, ack }, replicated(replica));
    const lock = await held(locks.tryAcquire('held'));
    replica.acquires = false;
    const tries = Array.from({ length: 40 }, (_, i) => locks.tryAcquire(`other-${i}`));
    await stage.clock.advance(6000);
    lock.assertHeld();
    expect(replica.asked.acquires).toBeGreaterThanOrEqual(16);
    expect(replica.asked.extensions).toBeGreaterThanOrEqual(5);
    await stage.clock.advance(60_000);
    for (const outcome of await Promise.all(tries)) expect(outcome).toMatchObject({ reason: 'unavailable' });
    expect(await stage.strike()).toBe(0);
  });

  it('with `ack`, a wait ends in time, and until its grant is given back this process is told as the holder', async () => {
    const replica: Replica = { acquires: false, asked: { acquires: 0, extensions: 0 } };
    const { locks } = stage.actor({ ack: { replicas: 1, timeoutMs: 50 } }, replicated(replica));
    const waiting = locks.acquire('a', { waitMs: 60 });
    await stage.clock.advance(60);
    expect(await waiting).toMatchObject({ ok: false, reason: 'unavailable' });
    // The server has granted it, and no replica has answered yet.
    const seen = { ok: false, reason: 'held', holder: locks.id };
    expect(await locks.tryAcquire('a')).toMatchObject(seen);
    expect(await locks.tryAcquireAll(['a', 'b'])).toMatchObject({ ...seen, resource: 'a' });
    replica.acquires = true;
    const next = locks.acquire('a', { waitMs: 10_000 });
    await stage.clock.advance(2000);
    await (await held(next)).release();
    expect((await locks.inspect('a')).holder).toBeUndefined();
    expect(await stage.strike()).toBe(0);
  });

  it('with `ack`, what is refused waits for no replica', async () => {
    const replica: Replica = { acquires: true, asked: { acquires: 0, extensions: 0 } };
    const other = stage.actor();
    const { locks, link } = stage.actor({ ack: { replicas: 1, timeoutMs: 1000 } }, replicated(replica));
    const lock = await held(locks.tryAcquire('b'));
    const key = lockKeys.in('pk').mutex('b');
    await link.driver.send({ args: ['DEL', key], key, read: Number });
    await held(other.locks.tryAcquire('a', { ttl: '1h' }));
    replica.asked.acquires = 0;
    expect(await locks.tryAcquire('a')).toMatchObject({ reason: 'held', holder: other.locks.id });
    expect(await locks.tryAcquireAll(['a', 'c'])).toMatchObject({ reason: 'held', resource: 'a' });
    expect(await lock.extend()).toBe('lost');
    expect(replica.asked).toEqual({ acquires: 0, extensions: 0 });
    expect(await stage.strike()).toBe(0);
  });

  it('an extension ends with the deadline of a request, however long the lease', async () => {
    for (const [options, lastsMs] of [
      [{}, 5000],
      [{ deadlineMs: 300 }, 300],
    ] as const) {
      const { locks, link } = stage.actor({ ttl: '7d', ...options });
      const lock = await held(locks.tryAcquire(`lease-${lastsMs}`));
      link.held = true;
      let outcome: string | undefined;
      void lock.extend().then((told) => {
        outcome = told;
      });
      await stage.clock.advance(lastsMs - 1);
      expect(outcome).toBeUndefined();
      await stage.clock.advance(1);
      expect(outcome).toBe('unknown');
    }
    expect(await stage.strike()).toBe(0);
  });

  /** Extensions reach the server, but are answered by hand; or never, and end with the deadline they were given. */
  function slowToExtend(answers: (() => void)[]): (driver: Driver) => Driver {
    return (driver) => ({
      ...driver,
      send<T>(command: Command<T>, options: CallOptions = {}): Promise<T> {
        const sent = driver.send(command, options);
        if (command.script?.name !== 'locks/mutex-extend') return sent;
        return new Promise((resolve, reject) => {
          answers.push(() => resolve(sent));
          const { deadlineMs = Number.NaN } = options;
          driver.clock.timer(deadlineMs, () => reject(new DeadlineError(deadlineMs)));
        });
      },
    });
  }

  const quorum = (dress: (driver: Driver) => Driver): QuorumLocks => {
    const servers = [1, 2, 3].map((seed) => createMemoryRedis({ clock: stage.clock, seed }));
    return createQuorumLocks(
      servers.map((server) => dress(server.driver())),
      { ttl: 6000 },
    );
  };
  const kinds: readonly (readonly [string, (dress: (driver: Driver) => Driver) => QuorumLocks, number])[] = [
    ['locks', (dress) => stage.actor({ ttl: 6000 }, dress).locks, 1],
    ['a quorum', quorum, 3],
  ];
  it.each(kinds)(
    'a shutdown waits for a round of extensions, as long as that may take: %s',
    async (_, make, servers) => {
      for (const answered of [true, false]) {
        const answers: (() => void)[] = [];
        const locks = make(slowToExtend(answers));
        for (const name of ['a', 'b']) await held(locks.tryAcquire(name));
        await stage.clock.advance(2000);
        expect(answers).toHaveLength(servers);
        let over = false;
        const ending = locks.shutdown().then(() => {
          over = true;
        });
        await stage.settle();
        expect(locks.heldCount).toBe(0);
        expect(over).toBe(false);
        if (answered) for (const answer of answers) answer();
        else await stage.clock.advance(2000);
        await stage.settle();
        expect(over).toBe(true);
        await ending;
      }
      expect((await stage.actor().locks.tryAcquireAll(['a', 'b'])).ok).toBe(true);
      expect(await stage.strike()).toBe(0);
    },
  );
});
