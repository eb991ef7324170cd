import { machineTimeMs } from '@penknife/testing';
import type { BenchServer } from '../../bench-server.js';
import type { BenchCase, Contestant } from '../../case.js';
import { percentile } from '../../measure/statistics.js';
import { penknifeLocks } from './our-locks.js';
import { lockPeers, type PeerLocks } from './peers.js';

const leaseMs = 1000;
/** Beyond the lease, so that the server too has seen it end when it goes on. */
const overdueMs = 50;

/** One holder whose server stood still for longer than its lease. */
export interface FrozenRun {
  /** When the next one was granted the lock, by its own word. */
  readonly nextAtMs: number;
  /** When the holder was told that it lost the lock; undefined: not before the next one had it. */
  readonly toldAtMs: number | undefined;
  /** When the lease was over at the latest: counted from the moment it was granted. */
  readonly overAtMs: number;
}

/** Freezes the server under a holder, lets it go on when the lease is over, and waits until a second one has the lock. */
export async function freeze(
  holder: PeerLocks,
  rival: PeerLocks,
  server: Pick<BenchServer, 'pause' | 'resume'>,
  resource: string,
  ttlMs: number,
): Promise<FrozenRun> {
  let seen: FrozenRun | undefined;
  const whole = holder.using(resource, ttlMs, async (toldAtMs) => {
    const overAtMs = machineTimeMs() + ttlMs;
    await server.pause();
    const next = rival.acquire(resource, ttlMs, 10_000);
    next.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, ttlMs + overdueMs));
    await server.resume();
    const lock = await next;
    const nextAtMs = machineTimeMs();
    seen = { nextAtMs, toldAtMs: toldAtMs(), overAtMs };
    await lock.release();
  });
  // What a library says when it cannot give back what it lost is not asked here.
  await whole.catch(() => undefined);
  if (seen === undefined) throw new Error(`${holder.name}: no second one was ever granted the lock`);
  return seen;
}

function frozen(holder: PeerLocks, rival: PeerLocks, server: BenchServer): Contestant {
  const lateMs: number[] = [];
  let runs = 0;
  let inTime = 0;
  return {
    name: holder.name,
    guarantees: holder.guarantees,
    async run(turn) {
      const { toldAtMs, overAtMs } = await freeze(holder, rival, server, `frozen-00-${turn}`, leaseMs);
      runs++;
      if (toldAtMs === undefined) return;
      if (toldAtMs <= overAtMs) inTime++;
      lateMs.push(toldAtMs - overAtMs);
    },
    facts() {
      const sorted = Float64Array.from(lateMs).sort();
      const when =
        sorted.length === 0
          ? 'never told'
          : `told ${Math.abs(percentile(sorted, 0.5)).toFixed(0)} ms ${percentile(sorted, 0.5) <= 0 ? 'before' : 'after'} its end (median)`;
      return `told within its lease of ${leaseMs} ms in ${inTime} of ${runs} runs, in ${runs - lateMs.length} not even when a second one had the lock; ${when}`;
    },
    async close() {
      await holder.close();
      await rival.close();
    },
  };
}

/** The server is stopped under a holder. */
export const frozenCases: readonly BenchCase[] = [
  {
    name: 'locks/frozen-server',
    question: `Is a holder told of its loss while the server stands still for longer than ${leaseMs} ms, its lease, before a second one has the lock?`,
    inFlight: [1],
    async prepare({ peers, server }) {
      const { url } = server;
      const libraries = [
        () => penknifeLocks(url),
        ...peers
          .fit(['redis-semaphore', 'redlock', 'redlock-universal'])
          .map((name) => () => lockPeers[name](peers, url)),
      ];
      return Promise.all(libraries.map(async (open) => frozen(await open(), await open(), server)));
    },
  },
];
