import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { createIoredisDriver } from '@penknife/driver-ioredis';
import { type Consumer, createStreams } from '@penknife/streams';
import { Redis } from 'ioredis';
import type { BenchContext, Contestant } from '../../case.js';
import { percentile } from '../../measure/statistics.js';
import { orderOf } from './order.js';
import { definition } from './penknife.js';

const leaseMs = 1000;

/** A process that works on a message gets a signal; how long until another has the message in its handler. */
export function takingOver(
  { server }: BenchContext,
  name: string,
  signal: 'SIGKILL' | 'SIGTERM',
): Contestant {
  const driver = createIoredisDriver(new Redis(server.url, { lazyConnect: true }));
  const streams = createStreams(driver);
  const log = streams.open(definition);
  const tookMs: number[] = [];
  let holder: ChildProcess | undefined;
  let heir: Consumer | undefined;
  let got: Promise<void> = Promise.resolve();
  return {
    name,
    guarantees: `a lease of ${leaseMs} ms; the message is handled by one at a time`,
    async prepareRound() {
      const { promise, resolve } = deferred();
      got = promise;
      holder = fork(new URL('./holder.js', import.meta.url), [server.url, String(leaseMs)]);
      await once(holder, 'message');
      await log.append({ data: orderOf(tookMs.length) });
      await once(holder, 'message');
      heir = log.consume('workers', resolve, { lease: leaseMs });
      await heir.ready;
    },
    async run() {
      const startedAtMs = performance.now();
      holder?.kill(signal);
      await got;
      tookMs.push(performance.now() - startedAtMs);
      await heir?.close();
    },
    facts() {
      const sorted = Float64Array.from(tookMs).sort();
      return `taken over after ${percentile(sorted, 0.5).toFixed(1)} ms (median), ${percentile(sorted, 1).toFixed(1)} ms (longest of ${sorted.length})`;
    },
    async close() {
      holder?.kill('SIGKILL');
      await streams.close();
      await driver.close();
    },
  };
}

function deferred(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: () => resolve() };
}
