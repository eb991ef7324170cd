import type { BenchCase, BenchContext, Contestant } from '../case.js';
import { type Round, runRound } from './run-round.js';
import { median, percentile, spread } from './statistics.js';

/** How much is measured. */
export interface Effort {
  readonly rounds: number;
  readonly roundMs: number;
  readonly warmUpMs: number;
}

/** The figures of one contestant at one number of operations in flight. */
export interface Figures {
  readonly contestant: string;
  readonly guarantees: string;
  /** The client it goes by, and its protocol. */
  readonly speaks?: string;
  readonly inFlight: number;
  readonly operationsPerSecond: number;
  /** Half the quartile distance over the median. */
  readonly spread: number;
  /** Median over the rounds of this contestant's throughput over ours, round by round. Ours is 1. */
  readonly ratio: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Those inside scripts included. */
  readonly commandsPerOperation: number | null;
  readonly bytesInPerOperation: number | null;
  readonly bytesOutPerOperation: number | null;
  /** Bytes by which the server grew. */
  readonly bytesKeptPerOperation: number | null;
  readonly clientCpuMicrosPerOperation: number;
  readonly serverCpuMicrosPerOperation: number | null;
  /** What the contestant itself tells of its runs. */
  readonly facts?: string;
}

/**
 * Measures all contestants of a case in interleaved rounds: A B C, A B C, …, each turn starting with another one, so that a
 * drift of the machine's speed meets all alike. Ratios are taken within a round.
 */
export async function measureCase(
  benchCase: BenchCase,
  context: BenchContext,
  effort: Effort,
  progress: () => void,
): Promise<{ readonly figures: readonly Figures[]; readonly connections: string }> {
  const contestants = await benchCase.prepare(context);
  try {
    const figures: Figures[] = [];
    for (const inFlight of benchCase.inFlight) {
      figures.push(...(await measureTogether(benchCase, contestants, inFlight, context, effort, progress)));
    }
    return { figures, connections: await context.server.connections() };
  } finally {
    for (const contestant of contestants) await contestant.close();
  }
}

interface Tally {
  readonly rounds: Round[];
  commands: number;
  bytesIn: number;
  bytesOut: number;
  memory: number;
  serverCpu: number;
  turns: number;
}

async function measureTogether(
  benchCase: BenchCase,
  contestants: readonly Contestant[],
  inFlight: number,
  { server }: BenchContext,
  effort: Effort,
  progress: () => void,
): Promise<Figures[]> {
  const tallies: Tally[] = contestants.map(() => ({
    rounds: [],
    commands: 0,
    bytesIn: 0,
    bytesOut: 0,
    memory: 0,
    serverCpu: 0,
    turns: 0,
  }));
  for (const [i, contestant] of contestants.entries()) {
    await contestant.prepareRound?.();
    const warm = await runRound(contestant, inFlight, effort.warmUpMs, 0);
    tally(tallies, i).turns = warm.runs;
    progress();
  }
  for (let round = 0; round < effort.rounds; round++) {
    for (let step = 0; step < contestants.length; step++) {
      const i = (round + step) % contestants.length;
      const contestant = contestants[i] as Contestant;
      const own = tally(tallies, i);
      await contestant.prepareRound?.();
      const before = await server.counters();
      const result = await runRound(contestant, inFlight, effort.roundMs, own.turns);
      const after = await server.counters();
      own.rounds.push(result);
      own.turns += result.runs;
      // The first look itself stands in the second: one command, and what it took to ask and to answer.
      own.commands += after.commands - before.commands - 1;
      own.bytesIn += after.bytesIn - before.bytesIn - before.ownBytesIn;
      own.bytesOut += after.bytesOut - before.bytesOut - before.ownBytesOut;
      own.memory += after.memory - before.memory;
      own.serverCpu += after.cpuSeconds - before.cpuSeconds;
      progress();
    }
  }
  const ours = tally(tallies, 0).rounds;
  return contestants.map((contestant, i) => {
    const { rounds, ...counted } = tally(tallies, i);
    const operations = rounds.reduce((sum, { runs }) => sum + runs, 0) * (contestant.operations ?? 1);
    const speeds = rounds.map((round) => round.operationsPerSecond);
    const perOperation = (total: number): number | null =>
      benchCase.usesServer === false ? null : total / operations;
    return {
      contestant: contestant.name,
      guarantees: contestant.guarantees,
      ...(contestant.speaks && { speaks: contestant.speaks }),
      inFlight,
      operationsPerSecond: median(speeds),
      spread: spread(speeds),
      ratio: median(speeds.map((speed, round) => speed / (ours[round]?.operationsPerSecond ?? Number.NaN))),
      p50Ms: median(rounds.map(({ latencies }) => percentile(latencies, 0.5))),
      p99Ms: median(rounds.map(({ latencies }) => percentile(latencies, 0.99))),
      commandsPerOperation: perOperation(counted.commands),
      bytesInPerOperation: perOperation(counted.bytesIn),
      bytesOutPerOperation: perOperation(counted.bytesOut),
      bytesKeptPerOperation: perOperation(counted.memory),
      clientCpuMicrosPerOperation:
        (rounds.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) * 1e6) / operations,
      serverCpuMicrosPerOperation: perOperation(counted.serverCpu * 1e6),
      ...(contestant.facts && { facts: contestant.facts() }),
    };
  });
}

function tally(tallies: readonly Tally[], index: number): Tally {
  const found = tallies[index];
  if (found === undefined) throw new Error(`no contestant ${index}`);
  return found;
}
