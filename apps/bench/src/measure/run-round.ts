import type { Contestant } from '../case.js';
import { percentile } from './statistics.js';

/** What one round of one contestant gave. */
export interface Round {
  readonly operationsPerSecond: number;
  /** Of `run`. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly runs: number;
  /** CPU seconds of this process. */
  readonly cpuSeconds: number;
}

/** The most latencies kept of a round. */
const latencyLimit = 200_000;

/**
 * Keeps `inFlight` operations under way for about `forMs`; every one that began is waited for and counted. Where rounds are
 * prepared it is one operation.
 */
export async function runRound(
  contestant: Contestant,
  inFlight: number,
  forMs: number,
  firstTurn: number,
): Promise<Round> {
  const latencies = new Float64Array(latencyLimit);
  let runs = 0;
  let turn = firstTurn;
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  const end = begin + forMs;

  const worker = async (): Promise<void> => {
    for (;;) {
      const started = performance.now();
      if (started >= end || (contestant.prepareRound !== undefined && turn > firstTurn)) return;
      await contestant.run(turn++);
      if (runs < latencyLimit) latencies[runs] = performance.now() - started;
      runs++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));

  const seconds = (performance.now() - begin) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const sorted = latencies.subarray(0, Math.min(runs, latencyLimit)).sort();
  return {
    operationsPerSecond: (runs * (contestant.operations ?? 1)) / seconds,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    runs,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  };
}
