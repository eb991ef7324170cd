import type { Contestant } from '../../case.js';
import { percentile } from '../../measure/statistics.js';
import type { PeerLocks } from './peers.js';

/** So many who all want one lock, once each, and how long each keeps it. */
export interface Crowd {
  readonly waiters: number;
  readonly holdMs: number;
}

interface Turn {
  readonly acquiredAtMs: number;
  readonly releasedAtMs: number;
}

/**
 * A contestant whose run is a whole crowd at one lock, each on a connection of its own; an operation is one of them served.
 * Without any cost they would take `waiters × holdMs` together.
 */
export async function contended(
  open: () => Promise<PeerLocks>,
  { waiters, holdMs }: Crowd,
): Promise<Contestant> {
  const crowd = await Promise.all(Array.from({ length: waiters }, open));
  const [{ name, guarantees }] = crowd as [PeerLocks, ...PeerLocks[]];
  const handOvers: number[] = [];
  const fairness: number[] = [];
  let failures = 0;

  async function take(locks: PeerLocks, resource: string): Promise<Turn | undefined> {
    try {
      const lock = await locks.acquire(resource, 10_000, 30_000);
      const acquiredAtMs = performance.now();
      await new Promise((resolve) => setTimeout(resolve, holdMs));
      const releasedAtMs = performance.now();
      await lock.release();
      return { acquiredAtMs, releasedAtMs };
    } catch {
      failures++;
      return undefined;
    }
  }

  return {
    name,
    guarantees,
    operations: waiters,
    async run(turn) {
      const startedAtMs = performance.now();
      const taken = await Promise.all(crowd.map((locks) => take(locks, `crowd-0000-${turn}`)));
      const turns = taken.filter((each) => each !== undefined);
      turns.sort((a, b) => a.acquiredAtMs - b.acquiredAtMs);
      for (let i = 1; i < turns.length; i++)
        handOvers.push((turns[i] as Turn).acquiredAtMs - (turns[i - 1] as Turn).releasedAtMs);
      const waits = turns.map(({ acquiredAtMs }) => acquiredAtMs - startedAtMs);
      fairness.push(percentile(waits, 1) / percentile(waits, 0.5));
    },
    facts() {
      const gaps = Float64Array.from(handOvers).sort();
      const ms = (share: number): string => `${percentile(gaps, share).toFixed(2)} ms`;
      const worst = Math.max(...fairness).toFixed(1);
      const failed = failures === 0 ? '' : `, ${failures} gave up`;
      return `hand-over p50 ${ms(0.5)}, p99 ${ms(0.99)}; longest wait ${worst} × the median${failed}`;
    },
    close: async () => {
      await Promise.all(crowd.map((locks) => locks.close()));
    },
  };
}
