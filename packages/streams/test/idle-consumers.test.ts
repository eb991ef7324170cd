import { ioredisClient, nodeRedisClient, overMatrix, singleColumn } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createStreams, defineStream, streamKeys } from '../src/index.js';
import { gate } from './collected.js';
import { patiently } from './patience.js';
import { numbered } from './sample-streams.js';

overMatrix(
  'idle consumers',
  (context) => {
    it('1 000 consumers of one process have at most 4 connections, and each is awake', async () => {
      const connections = async (): Promise<number> =>
        String(await context.admin('CLIENT', 'LIST'))
          .trim()
          .split('\n').length;
      const before = await connections();
      const streams = createStreams(await context.driver());
      const logs = Array.from({ length: 10 }, (_, i) =>
        streams.open(defineStream(`s${i}`, { schema: numbered, retention: 'forever' })),
      );
      const all = gate();
      let heard = 0;
      const consumers = logs.flatMap((log) =>
        Array.from({ length: 100 }, (_, i) =>
          log.consume(`g${i}`, () => (++heard === 1000 ? all.open() : undefined), { poll: '1h' }),
        ),
      );
      await patiently(context, Promise.all(consumers.map(({ ready }) => ready)), 10_000);
      expect((await connections()) - before).toBeLessThanOrEqual(4);
      for (const log of logs) await log.append({ data: { n: 1 } });
      await patiently(context, all.passed, 10_000);
      expect((await connections()) - before).toBeLessThanOrEqual(4);
      await streams.close();
    });
  },
  {
    columns: [singleColumn(nodeRedisClient), singleColumn(ioredisClient)],
    keys: streamKeys,
  },
);
