import { EventEmitter, once } from 'node:events';
import type { Driver } from '@penknife/core';
import { type ClientKind, ioredisClient, nodeRedisClient } from '@penknife/matrix';
import { requireServers, type ServerNode, startServer } from '@penknife/redis-servers';
import { fallenFences, machineTimeMs, overlaps, plantedBug } from '@penknife/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLocks, createQuorumLocks, type QuorumLocks } from '../src/index.js';
import { type Claim, holdings } from './claims.js';
import { eventually, held, soonOver } from './eventually.js';

/** Servers that bring every acknowledged write back, as those of a quorum have to. */
const durable = { appendonly: true, args: ['--appendfsync', 'always'] };
const full = process.env.PENKNIFE_TIER === 'full';
/** As long as it takes on a machine that stands still now and then. */
const patience = { waitMs: 30_000 };

/** On servers of their own, which are killed and frozen one by one. `quorum.test.ts` tells the same to the millisecond. */
describe.skipIf(!(await requireServers())).each([ioredisClient, nodeRedisClient])(
  'a quorum of five real servers [$name]',
  (client: ClientKind) => {
    let servers: readonly ServerNode[] = [];
    const ends: (() => unknown)[] = [];
    beforeAll(async () => {
      servers = await Promise.all(Array.from({ length: 5 }, () => startServer(durable)));
    });
    afterEach(async () => {
      for (const server of servers) await (server.running ? server.resume() : server.restart());
      for (const end of ends.splice(0).reverse()) await end();
    });
    afterAll(async () => {
      await Promise.all(servers.map((server) => server.stop()));
    });

    function drivers(): Driver[] {
      return servers.map(({ port }) => {
        const { driver, endClient } = client.single({ port }, {});
        ends.push(endClient, () => driver.close());
        return driver;
      });
    }
    function quorum(options: object, dress = (driver: Driver) => driver): QuorumLocks {
      const locks = createQuorumLocks(drivers().map(dress), options);
      ends.push(() => locks.close());
      return locks;
    }
    const server = (i: number): ServerNode => servers[i] as ServerNode;
    /** Reads who holds it on each server, by drivers of its own. */
    function witness(): (resource: string) => Promise<(string | undefined)[]> {
      const singles = drivers().map((driver) => createLocks(driver));
      return (resource) =>
        Promise.all(singles.map(async (locks) => (await locks.inspect(resource)).holder?.process));
    }

    it('one is killed and one frozen: the others decide, the holder is extended, and the two are taken in again', async () => {
      const [one, two] = [quorum({ ttl: '10s' }), quorum({ ttl: '10s' })];
      const before = await held(one.acquire('a', patience));
      await before.release();
      await server(0).kill();
      await server(1).pause();
      const lock = await held(one.acquire('a', patience));
      expect(lock.fence).toBeGreaterThan(before.fence);
      expect((await two.tryAcquire('a')).ok).toBe(false);
      await eventually('it is extended', async () => (await lock.extend()) === 'extended');
      lock.assertHeld();
      await server(0).restart();
      await server(1).resume();
      const holders = witness();
      await eventually('all five have it', async () => {
        await lock.extend();
        return (await holders('a')).every((holder) => holder === one.id);
      });
      // Now two others may fail.
      await server(2).kill();
      await server(3).pause();
      await eventually('it is extended', async () => (await lock.extend()) === 'extended');
      lock.assertHeld();
      await server(2).restart();
      await server(3).resume();
      expect(await lock.release()).not.toBe('lost');
      const next = await held(two.acquire('a', patience));
      expect(next.fence).toBeGreaterThan(lock.fence);
    });

    it('a majority is frozen: the holder is told, nobody gets it, and after the thaw nothing is left over', async () => {
      const one = quorum({ ttl: 100 });
      const lock = await soonOver(() => one.tryAcquire('a'));
      const lost = new Promise((resolve) => lock.signal.addEventListener('abort', resolve));
      await Promise.all([0, 1, 2].map((i) => server(i).pause()));
      if (!lock.signal.aborted) await lost;
      expect(() => lock.assertHeld()).toThrow(/not confirmed/);
      // Its requests are under way to those that are frozen, and are found there when they go on.
      const two = quorum({ ttl: '1h', nodeTimeoutMs: 20 });
      expect(await two.tryAcquire('b')).toMatchObject({ ok: false, reason: 'unavailable' });
      await Promise.all([0, 1, 2].map((i) => server(i).resume()));
      const holders = witness();
      await eventually('nobody holds anything', async () =>
        [await holders('a'), await holders('b')].flat().every((holder) => holder === undefined),
      );
    });

    const fire = full ? { wanted: 300, rounds: 30 } : { wanted: 12, rounds: 2 };

    /**
     * Three holders for one lock, while a minority of the servers is killed and frozen. Dressed drivers give away what is held:
     * each holder then waits for the next one, not for ever, so that the two are sure to meet.
     */
    async function letLoose(resource: string, dress?: (driver: Driver) => Driver): Promise<Claim[]> {
      const claims: Claim[] = [];
      const grants = new EventEmitter();
      let ending = false;
      let tell = (): void => undefined;
      const served = (): Promise<void> =>
        new Promise((resolve) => {
          tell = resolve;
        });
      async function hold(locks: QuorumLocks): Promise<void> {
        while (!ending) {
          const outcome = await locks.acquire(resource, { waitMs: 500 });
          if (!outcome.ok) continue;
          const { lock } = outcome;
          const grantedAtMs = machineTimeMs();
          const untilMs = grantedAtMs + lock.remainingMs;
          grants.emit('next');
          if (dress && !ending && !lock.signal.aborted)
            await Promise.race([once(grants, 'next'), once(lock.signal, 'abort')]);
          // What it does with the lock takes a round trip.
          await lock.extend();
          const endedAtMs = machineTimeMs();
          const holder = `${locks.id}-${lock.fence}`;
          claims.push({
            holder,
            fence: lock.fence,
            grantedAtMs,
            untilMs,
            endedAtMs,
            lost: false,
            beatsPastDeadline: 0,
          });
          tell();
          await lock.release();
        }
      }
      const holding = [1, 2, 3].map(() => hold(quorum({ ttl: 1000, nodeTimeoutMs: 100 }, dress)));
      for (let i = 0; claims.length < fire.wanted || i < fire.rounds; i++) {
        const [killed, frozen] = [server(i % 5), server((i + 2) % 5)];
        await frozen.pause();
        await killed.kill();
        await served();
        await killed.restart();
        await frozen.resume();
      }
      ending = true;
      grants.emit('next');
      await Promise.all(holding);
      return claims;
    }

    it.runIf(full || client === ioredisClient)('under fire no two hold it, and fences rise', async () => {
      const events = holdings(await letLoose('hot'));
      expect(overlaps(events)).toEqual([]);
      expect(fallenFences(events)).toEqual([]);
    });

    it.runIf(client === ioredisClient)(
      'and the checkers notice servers that give away what is held',
      async () => {
        const rewrite = plantedBug({
          script: 'locks/mutex-acquire',
          right: 'if state.till <= now then\n  changed',
          wrong: 'if true then\n  changed',
        });
        const dress = (driver: Driver): Driver => ({
          ...driver,
          send: (command, call) => driver.send(rewrite(command), call),
        });
        expect(overlaps(holdings(await letLoose('given away', dress)))).not.toEqual([]);
      },
      60_000,
    );
  },
);
