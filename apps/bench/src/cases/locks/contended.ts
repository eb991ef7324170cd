import { machineTimeMs, startWorker, type WorkerProcess } from '@penknife/testing';
import type { BenchContext, Contestant } from '../../case.js';
import { percentile } from '../../measure/statistics.js';
import type { ContenderActs, Hops, Library, Turn } from './contender.js';

/** So many who all want one lock, once each, and how long each keeps it. */
export interface Crowd {
  readonly waiters: number;
  readonly holdMs: number;
}

type Contender = WorkerProcess<ContenderActs>;

/** Starts one process for each of a crowd; all libraries are measured in the same ones. */
export async function startContenders(waiters: number): Promise<readonly Contender[]> {
  const module = new URL('./contender.js', import.meta.url);
  const contenders: Contender[] = [];
  // A few at a time: all at once would only wait for each other.
  for (let started = 0; started < waiters; started += 4) {
    const some = Array.from({ length: Math.min(4, waiters - started) }, () =>
      startWorker<ContenderActs>(module),
    );
    contenders.push(...(await Promise.all(some)));
  }
  return contenders;
}

/**
 * A contestant whose run is a whole crowd at one lock, each in a process of its own; an operation is one of them served.
 * Without any cost they would take `waiters × holdMs` together. The library is opened when its turn comes, and not measured.
 */
export function contended(
  contenders: readonly Contender[],
  library: Library,
  about: Pick<Contestant, 'name' | 'guarantees'>,
  { url, port }: BenchContext['server'],
  { waiters, holdMs }: Crowd,
): Contestant {
  const handOvers: number[] = [];
  const hops: { readonly [hop in keyof Hops]: number[] } = { toldAtMs: [], askedAtMs: [], answeredAtMs: [] };
  const fairness: number[] = [];
  const totals: number[] = [];
  const overHeld: number[] = [];
  let failures = 0;
  let speaks = '';

  return {
    ...about,
    speaks: () => `${waiters} processes, each: ${speaks}`,
    operations: waiters,
    async prepareRound() {
      const opened = contenders.map((contender) => contender.call('open', library, { url, port }));
      [speaks = ''] = await Promise.all(opened);
    },
    async run(turn) {
      const startedAtMs = machineTimeMs();
      const resource = `crowd-0000-${library}-${turn}`;
      const taken = await Promise.all(
        contenders.map((contender) => contender.call('take', resource, holdMs)),
      );
      // The first crowd warms the processes up, each of which wants the lock once a round.
      if (turn === 0) return;
      const turns = taken.filter((each): each is Turn => each !== undefined);
      failures += taken.length - turns.length;
      turns.sort((a, b) => a.acquiredAtMs - b.acquiredAtMs);
      for (let i = 1; i < turns.length; i++) {
        const [{ releasedAtMs }, next] = turns.slice(i - 1, i + 1) as [Turn, Turn];
        handOvers.push(next.acquiredAtMs - releasedAtMs);
        // Who found out by asking was told of nothing.
        if (next.hops === undefined || next.hops.toldAtMs < releasedAtMs) continue;
        hops.toldAtMs.push(next.hops.toldAtMs - releasedAtMs);
        hops.askedAtMs.push(next.hops.askedAtMs - next.hops.toldAtMs);
        hops.answeredAtMs.push(next.hops.answeredAtMs - next.hops.askedAtMs);
      }
      const waits = turns.map(({ acquiredAtMs }) => acquiredAtMs - startedAtMs);
      fairness.push(percentile(waits, 1) / percentile(waits, 0.5));
      const totalMs = Math.max(...turns.map(({ releasedAtMs }) => releasedAtMs)) - startedAtMs;
      totals.push(totalMs);
      // Timers are late: a hold of 20 ms takes more, whoever gave the lock.
      const heldMs = turns.reduce(
        (sum, { acquiredAtMs, releasedAtMs }) => sum + releasedAtMs - acquiredAtMs,
        0,
      );
      overHeld.push(totalMs / heldMs);
    },
    facts() {
      const gaps = Float64Array.from(handOvers).sort();
      const ms = (share: number, of: Float64Array = gaps): string => `${percentile(of, share).toFixed(2)} ms`;
      const part = (hop: keyof Hops): string => {
        const sorted = Float64Array.from(hops[hop]).sort();
        return `${ms(0.5, sorted)} (p99 ${ms(0.99, sorted)})`;
      };
      const parts =
        hops.toldAtMs.length === 0
          ? ''
          : ` = to the word ${part('toldAtMs')}, to the claim ${part('askedAtMs')}, to its answer ${part('answeredAtMs')}`;
      const total = percentile(Float64Array.from(totals).sort(), 0.5) / (waiters * holdMs);
      const held = percentile(Float64Array.from(overHeld).sort(), 0.5);
      const worst = Math.max(...fairness).toFixed(1);
      const failed = failures === 0 ? '' : `, ${failures} gave up`;
      return `total ${total.toFixed(3)} × the ideal, ${held.toFixed(3)} × what was held; hand-over p50 ${ms(0.5)}, p99 ${ms(0.99)}${parts}; longest wait ${worst} × the median${failed}`;
    },
    close: async () => undefined,
  };
}
