import { ioredisClient, nodeRedisClient, overMatrix, singleColumn } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createStreams, streamKeys } from '../src/index.js';
import { gate } from './collected.js';
import { faultsOf, type HistoryEvent } from './history.js';
import { patiently } from './patience.js';
import { numbers } from './sample-streams.js';

const total = 3000;
const columns = [singleColumn(nodeRedisClient), singleColumn(ioredisClient)];

overMatrix(
  'soak',
  (context) => {
    it('three processes, one dies in the middle, one is cut off, one leaves: all is done, nothing is pending', async () => {
      const drivers = await Promise.all([context.driver(), context.driver(), context.driver()]);
      const writer = createStreams(await context.driver()).open(numbers);
      const history: HistoryEvent[] = [];
      const done = new Set<string>();
      const caughtUp = gate();
      const consumers = drivers.map((driver, i) =>
        createStreams(driver)
          .open(numbers)
          .consume(
            'g',
            async ({ id, deliveries, failures, data, signal }) => {
              const by = `p${i}`;
              const tell = (how: 'done' | 'failed' | 'lost'): void => {
                history.push({ type: 'ended', id, by, deliveries, atMs: context.clock.monotonic(), how });
              };
              history.push({ type: 'started', id, by, deliveries, atMs: context.clock.monotonic() });
              signal.addEventListener('abort', () => tell('lost'), { once: true });
              if (data.n % 7 === 0) await context.clock.sleep(1);
              if (signal.aborted) return;
              if (data.n % 100 === 0 && failures === 0) {
                tell('failed');
                throw new Error('the first time');
              }
              tell('done');
              done.add(id);
              if (done.size === total) caughtUp.open();
            },
            { concurrency: 10, lease: 500, retry: { base: 5, max: 10, crashes: 10 } },
          ),
      );
      const [dying] = drivers;
      for (let from = 0; from < total; from += 100) {
        const drafts = Array.from({ length: 100 }, (_, i) => ({ data: { n: from + i }, id: `m${from + i}` }));
        for (const { id } of await writer.appendMany(drafts)) history.push({ type: 'appended', id });
        if (from === 1000) await dying?.close();
        if (from === 1500) await context.faults.cutConnections?.();
        if (from === 2000) {
          history.push({ type: 'leaving' });
          await consumers[2]?.close();
        }
      }
      await patiently(context, caughtUp.passed, 4000);
      // What the dead one did without being heard is handed out again when its leases end, which may be later than all else.
      const settled = async (): Promise<void> => {
        while ((await writer.stats('g')).pending > 0) await context.clock.sleep(10);
      };
      await patiently(context, settled(), 4000);
      await consumers[1]?.close();
      const { pending, lag } = await writer.stats('g');
      // Ten handlers at a time start in the order of the log too, but a cut reply may bring entries late: no order here.
      const faults = faultsOf(history, pending).filter((fault) => !fault.includes(' after '));
      expect(faults).toEqual([]);
      expect(lag).toBe(0);
    });
  },
  // It loads the machine on purpose: what is slow here says nothing of the commands.
  { columns, keys: streamKeys, slowLog: false },
);
