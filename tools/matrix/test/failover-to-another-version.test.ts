import { rawReply } from '@penknife/core';
import { requireServers, startSentinel } from '@penknife/redis-servers';
import { afterEach, describe, expect, it } from 'vitest';
import { watchPrimary } from '../src/faults/primary-watch.js';
import { ioredisClient, nodeRedisClient } from '../src/index.js';

const [older, newer] = ['redis-7.0', 'redis-8.0'] as const;
const there = (await requireServers({ flavour: older })) && (await requireServers({ flavour: newer }));
const skipped = there ? '' : ` (skipped: no ${older} or no ${newer} server here)`;

/** Believed dead only when told so: a busy machine shall not begin the failover before its time. */
const patientMs = 10_000;

describe.skipIf(!there).each([nodeRedisClient, ioredisClient])(
  `$name: a failover from ${older} to ${newer}${skipped}`,
  (client) => {
    const ends: (() => unknown)[] = [];
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end();
    });

    it('the driver learns what the promoted server can do', async () => {
      const set = await startSentinel({ flavour: older, replicaFlavour: newer, downAfterMs: patientMs });
      ends.push(() => set.stop());
      const watched = { name: set.primaryName, sentinelPorts: set.sentinels.map(({ port }) => port) };
      const { driver, endClient } = client.watched(watched, { deadlineMs: 20_000 });
      ends.push(endClient, () => driver.close());

      const before = await driver.traits();
      expect(before.version).toMatch(/^7\.0\./);
      expect(before.supports('hash-field-ttl')).toBe(false);

      await watchPrimary(set, patientMs).failOver(() => set.primary.kill());
      // Tried again until the driver, too, has found the new primary; what servers can do is asked once.
      await driver.send({ args: ['PING'], read: rawReply, repeatable: true });

      const after = await driver.traits();
      expect(after.version).toMatch(/^8\.0\./);
      expect(after.supports('hash-field-ttl')).toBe(true);
    }, 60_000);
  },
);
