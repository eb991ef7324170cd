import { rawReply } from '@penknife/core';
import { RespClient, requireServers, type SentinelSet, startSentinel } from '@penknife/redis-servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIoredisDriver } from '../src/index.js';
import { majors } from './majors.js';

const portOf = {
  args: ['CONFIG', 'GET', 'port'],
  read: (reply: unknown) => Number((reply as string[])[1]),
  repeatable: true,
} as const;

describe.skipIf(!(await requireServers())).each(majors)('$name: sentinels', ({ redis }) => {
  let set: SentinelSet;
  beforeAll(async () => {
    set = await startSentinel();
  });
  afterAll(() => set.stop());

  test('a failover: calls go to the new primary, the lane of the old one is lost', async () => {
    const sentinels = set.sentinels.map(({ host, port }) => ({ host, port }));
    const client = redis({ sentinels, name: set.primaryName, lazyConnect: true });
    await using driver = createIoredisDriver(client);
    expect(driver.topology).toBe('sentinel');
    expect(await driver.send(portOf)).toBe(set.primary.port);
    const lane = await driver.openLane();
    expect(await lane.send(portOf)).toBe(set.primary.port);
    const [sentinel] = set.sentinels;
    const admin = new RespClient(sentinel!.port);
    await admin.command('SENTINEL', 'FAILOVER', set.primaryName);
    admin.close();
    await new Promise((resolve) => lane.lost.addEventListener('abort', resolve, { once: true }));
    // For a moment a sentinel that has not heard of it yet may still send clients to the old primary.
    const replicas = set.replicas.map(({ port }) => port);
    const port = (): Promise<number> => driver.send(portOf, { deadlineMs: 12_000 });
    await expect.poll(port, { timeout: 12_000 }).toSatisfy((answer: number) => replicas.includes(answer));
    expect(await driver.send({ args: ['SET', 'after', 1], read: rawReply })).toBe('OK');
  });
});
