import { requireServers } from '@penknife/redis-servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BenchServer, startBenchServer } from '../src/bench-server.js';
import { freeze } from '../src/cases/locks/frozen.js';
import { penknifeLocks } from '../src/cases/locks/our-locks.js';

const leaseMs = 1000;

/** What the case of the frozen server measures can go wrong: a lock that never fires is seen. */
describe.skipIf(!(await requireServers()))('a holder whose server stands still', () => {
  let server: BenchServer;
  beforeAll(async () => {
    server = await startBenchServer();
  });
  afterAll(() => server.stop());

  it('is told before a second one has the lock; one whose timers never fire is not', async () => {
    const [sound, mute, rival] = await Promise.all([
      penknifeLocks(server.url),
      penknifeLocks(server.url, (driver) => ({
        ...driver,
        clock: { ...driver.clock, timer: () => ({ cancel: () => undefined }) },
      })),
      penknifeLocks(server.url),
    ]);
    // None has to connect within its lease.
    for (const locks of [sound, mute, rival])
      await (await locks.acquire('before', leaseMs, 10_000)).release();
    const told = await freeze(sound, rival, server, 'sound', leaseMs);
    expect(told.toldAtMs).toBeLessThanOrEqual(told.nextAtMs);
    expect((await freeze(mute, rival, server, 'mute', leaseMs)).toldAtMs).toBeUndefined();
    for (const locks of [sound, mute, rival]) await locks.close();
  });
});
