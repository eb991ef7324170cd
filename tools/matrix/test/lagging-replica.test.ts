import { checkServer } from '@penknife/core';
import { requireServers, startServer, withClient } from '@penknife/redis-servers';
import { describe, expect, it } from 'vitest';
import { ioredisClient, nodeRedisClient } from '../src/index.js';

const here = await requireServers();

/** More than the 10 MB from which on a failover would lose too much. */
const megabytes = 12;

describe.skipIf(!here).each([nodeRedisClient, ioredisClient])('the check of a server ($name)', (client) => {
  it('warns, once, of a replica that is far behind, and not of one that keeps up', async () => {
    await using primary = await startServer({ args: ['--repl-diskless-sync-delay', '0'] });
    await using replica = await startServer({ args: ['--replicaof', '127.0.0.1', String(primary.port)] });
    const connected = (): ReturnType<typeof client.single> => client.single({ port: primary.port }, {});
    const codes = async (driver: ReturnType<typeof connected>['driver']): Promise<string[]> =>
      (await checkServer(driver, {})).map(({ code }) => code);
    await withClient(primary.port, async (admin) => {
      const { driver } = connected();
      // Resolves when the replica has all of it.
      await admin.command('SET', 'a', 'x');
      expect(await admin.command('WAIT', 1, 2500)).toBe(1);
      expect(await codes(driver)).toEqual([]);

      await replica.pause();
      const piece = 'x'.repeat(1024 * 1024);
      for (let i = 0; i < megabytes; i++) await admin.command('SET', 'a', piece);
      expect(await codes(driver)).toEqual(['REPLICA_LAG']);
      expect(await codes(driver)).toEqual([]);

      await replica.resume();
      await admin.command('SET', 'a', 'y');
      expect(await admin.command('WAIT', 1, 2500)).toBe(1);
      await driver.close();
      const again = connected().driver;
      expect(await codes(again)).toEqual([]);
      await again.close();
    });
  });
});
