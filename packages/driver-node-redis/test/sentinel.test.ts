import { rawReply } from '@penknife/core';
import { RespClient, requireServers, type SentinelSet, startSentinel } from '@penknife/redis-servers';
import { createSentinel } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeRedisDriver } from '../src/index.js';

const portOf = {
  args: ['CONFIG', 'GET', 'port'],
  read: (reply: unknown) => Number((reply as string[])[1]),
  repeatable: true,
} as const;

describe.skipIf(!(await requireServers()))('sentinels', () => {
  let set: SentinelSet;
  beforeAll(async () => {
    set = await startSentinel();
  });
  afterAll(() => set.stop());

  const recipe = () =>
    createSentinel({
      name: set.primaryName,
      sentinelRootNodes: set.sentinels.map(({ host, port }) => ({ host, port })),
      nodeClientOptions: { name: 'recipe' },
    });

  it('takes the options of its nodes, and leaves the client alone', async () => {
    const client = recipe();
    const driver = createNodeRedisDriver(client);
    expect(driver.topology).toBe('sentinel');
    expect(await driver.send({ args: ['CLIENT', 'GETNAME'], read: rawReply })).toBe('recipe');
    expect(client.isOpen).toBe(false);
    const lane = await driver.openLane();
    expect(await lane.send(portOf)).toBe(set.primary.port);
    await driver.close();
    const admin = new RespClient(set.primary.port);
    const named = async () => String(await admin.command('CLIENT', 'LIST')).includes('name=recipe');
    await expect.poll(named).toBe(false);
    admin.close();
  });

  it('a failover: calls go to the new primary, the lane of the old one is lost', async () => {
    await using driver = createNodeRedisDriver(recipe());
    const before = await driver.send(portOf);
    const lane = await driver.openLane();
    const admin = new RespClient(set.sentinels[0]!.port);
    await admin.command('SENTINEL', 'FAILOVER', set.primaryName);
    admin.close();
    await new Promise((resolve) => lane.lost.addEventListener('abort', resolve, { once: true }));
    const port = (): Promise<number> => driver.send(portOf, { deadlineMs: 12_000 });
    await expect.poll(port, { timeout: 12_000 }).not.toBe(before);
    expect(await driver.send({ args: ['SET', 'after', 1], read: rawReply })).toBe('OK');
  });
});
