import { clusterColumn, ioredisClient, nodeRedisClient, overMatrix, sentinelColumn } from '@penknife/matrix';
import { expect, it, vi } from 'vitest';
import { createPubSub, defineChannel, pubSubKeys } from '../src/index.js';
import { slotTagOf } from '../src/slot-tags.js';
import { hearing } from './hearing.js';
import { unannounced } from './soak-checker.js';

// Servers take seconds to agree that a primary is gone.
vi.setConfig({ testTimeout: 60_000 });

const full = process.env.PENKNIFE_TIER === 'full';
const log = defineChannel('room:{room}:log', { delivery: 'log' });
const sharded = defineChannel('shard:{room}', { delivery: 'log', sharded: true });
const room = { room: 'a' };

overMatrix(
  'pub/sub and a failover',
  ({ driver, faults, advance }) => {
    it('trap 16: a log, sharded or not, goes on at the replica; whatever asynchronous replication lost is announced', async () => {
      const [here, there] = [createPubSub(await driver()), createPubSub(await driver())];
      const heard = { sharded: hearing(), log: hearing() };
      await there.channel(sharded).subscribe(room, heard.sharded);
      await there.channel(log).subscribe(room, heard.log);
      const publish = (number: number) =>
        Promise.all(
          // With an id the driver may try again while nobody answers.
          [sharded, log].map((channel) =>
            here.channel(channel).publish(room, number, { once: String(number), deadlineMs: 40_000 }),
          ),
        );
      const all = (last: number) =>
        heard.sharded.messages.at(-1) === last && heard.log.messages.at(-1) === last;
      const until = async (holds: () => boolean): Promise<void> => {
        for (let turn = 0; turn < 2000 && !holds(); turn++) await advance(20);
      };
      for (let number = 1; number <= 5; number++) await publish(number);
      await until(() => all(5));
      await faults.failOver?.(pubSubKeys.in('pk').head(slotTagOf(`shard:${room.room}`)));
      for (let number = 6; number <= 10; number++) await publish(number);
      await until(() => all(10));
      for (const { messages, events } of Object.values(heard)) {
        expect(messages.at(-1)).toBe(10);
        expect(unannounced(events)).toBeUndefined();
      }
      expect(heard.sharded.gaps.some(({ reason }) => reason === 'interrupted')).toBe(true);
      await Promise.all([here.close(), there.close()]);
    });
  },
  {
    columns: [
      clusterColumn(ioredisClient),
      ...(full ? [clusterColumn(nodeRedisClient), sentinelColumn(ioredisClient)] : []),
    ],
    slowLog: false,
  },
);
