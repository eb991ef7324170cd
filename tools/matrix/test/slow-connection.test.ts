import { type Driver, rawReply } from '@penknife/core';
import { requireServers } from '@penknife/redis-servers';
import type { FaultProxy } from '@penknife/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { behindProxy, proxiedClients } from './proxied-clients.js';

/** Never reached: whoever connects slowly is not deaf. */
const patientMs = 60_000;
const deadlineMs = 20_000;

/** Where no server can be had, `requireServers` says why. */
describe.skipIf(!(await requireServers())).each(Object.entries(proxiedClients))(
  'a connection that is slow or swallows, %s',
  (_name, client) => {
    const ends: (() => unknown)[] = [];
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end();
    });

    /** A driver behind a proxy, and 20 keys with a value each. */
    async function filled(): Promise<{ readonly driver: Driver; readonly proxy: FaultProxy }> {
      const { driver, proxy } = await behindProxy(client, patientMs, ends);
      await Promise.all(
        numbers.map((n) => driver.send({ args: ['SET', `k${n}`, written(n)], key: `k${n}`, read: rawReply })),
      );
      return { driver, proxy };
    }
    const numbers = Array.from({ length: 20 }, (_, n) => n);
    /** Long enough for many pieces, with characters of several bytes that are cut in two. */
    const written = (n: number): string => `${n}: ${'ä€😀'.repeat(5)}`;
    const get = (driver: Driver, n: number, options = { deadlineMs }): Promise<unknown> =>
      driver.send({ args: ['GET', `k${n}`], key: `k${n}`, read: rawReply, repeatable: true }, options);

    it('seven bytes at a time, both ways: every call is answered with its own, whole', async () => {
      const { driver, proxy } = await filled();
      proxy.trickle(7, 0);
      expect(await Promise.all(numbers.map((n) => get(driver, n)))).toEqual(numbers.map(written));
    });

    it('late: who waits no longer leaves nobody the wrong answer', async () => {
      const { driver, proxy } = await filled();
      proxy.delay(60);
      const given = get(driver, 0, { deadlineMs: 10 });
      const others = Promise.all(numbers.slice(1).map((n) => get(driver, n)));
      await expect(given).rejects.toMatchObject({ kind: 'deadline', sent: 'maybe' });
      expect(await others).toEqual(numbers.slice(1).map(written));
    });

    /** A call whose way is swallowed: given up at its deadline, and only then let go of, when it has come to the proxy for sure. */
    async function givenUp(driver: Driver, proxy: FaultProxy, args: readonly ['INCR' | 'DEL', string]) {
      const call = driver.send({ args, key: args[1], read: rawReply }, { deadlineMs: 50 });
      await expect(call).rejects.toMatchObject({ kind: 'deadline', sent: 'maybe' });
      await vi.waitFor(() => expect(proxy.swallowed).toBeGreaterThan(0), 20_000);
      proxy.heal();
    }

    it('answers are swallowed: what was sent may have run, and what comes later is answered right', async () => {
      const { driver, proxy } = await filled();
      proxy.blackhole('answers');
      await givenUp(driver, proxy, ['INCR', 'counter']);
      expect(await Promise.all(numbers.map((n) => get(driver, n)))).toEqual(numbers.map(written));
      const count = { args: ['GET', 'counter'], key: 'counter', read: rawReply, repeatable: true } as const;
      expect(await driver.send(count)).toBe('1');
    });

    it('requests are swallowed: what was sent may have run as far as anybody knows, and did not', async () => {
      const { driver, proxy } = await filled();
      proxy.blackhole('requests');
      await givenUp(driver, proxy, ['DEL', 'k0']);
      expect(await get(driver, 0)).toBe(written(0));
    });
  },
);
