import type { BenchCase, BenchContext } from '../case.js';
import { type ConnectionWatch, watchConnections } from './connections.js';
import { type Entrant, entrantHere, type Warm } from './entrant.js';
import { entrantsApart } from './entrants-apart.js';
import type { Round } from './run-round.js';
import { median, spread } from './statistics.js';

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
  /** The client it went by and the protocol it spoke in its warm-up; 'in this process' where nothing went to the server. */
  readonly speaks: string;
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

/** What a case is measured with. */
export interface MeasureContext extends BenchContext {
  /** The module that a contestant's own process runs: one that calls `answerRounds`. */
  readonly contestantProgram: string | URL;
}

/**
 * Measures all contestants of a case in interleaved rounds: A B C, A B C, …, each turn starting with another one, so that a
 * drift of the machine's speed meets all alike. Ratios are taken within a round.
 */
export async function measureCase(
  benchCase: BenchCase,
  context: MeasureContext,
  effort: Effort,
  progress: () => void,
): Promise<readonly Figures[]> {
  const watch = watchConnections();
  try {
    return await measureEntrants(
      benchCase,
      await openEntrants(benchCase, context, watch),
      context,
      effort,
      progress,
    );
  } finally {
    watch.close();
  }
}

async function measureEntrants(
  benchCase: BenchCase,
  entrants: readonly Entrant[],
  context: MeasureContext,
  effort: Effort,
  progress: () => void,
): Promise<readonly Figures[]> {
  try {
    const figures: Figures[] = [];
    for (const inFlight of benchCase.inFlight) {
      figures.push(...(await measureTogether(benchCase, entrants, inFlight, context, effort, progress)));
    }
    return figures;
  } finally {
    await closeInOrder(entrants);
  }
}

async function openEntrants(
  benchCase: BenchCase,
  context: MeasureContext,
  watch: ConnectionWatch,
): Promise<readonly Entrant[]> {
  if ('prepare' in benchCase)
    return (await benchCase.prepare(context)).map((one) => entrantHere(one, watch, context.server.port));
  await benchCase.prepareServer?.(context);
  return entrantsApart(benchCase, context.server, context.contestantProgram);
}

/** One that cannot close keeps none of the others open. */
async function closeInOrder([first, ...others]: readonly Entrant[]): Promise<void> {
  if (first === undefined) return;
  try {
    await first.close();
  } finally {
    await closeInOrder(others);
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
  entrants: readonly Entrant[],
  inFlight: number,
  { server }: BenchContext,
  effort: Effort,
  progress: () => void,
): Promise<Figures[]> {
  const warm: Warm[] = [];
  for (const entrant of entrants) {
    warm.push(await entrant.warmUp(inFlight, effort.warmUpMs));
    progress();
  }
  const tallies: Tally[] = warm.map(({ runs }) => ({
    rounds: [],
    commands: 0,
    bytesIn: 0,
    bytesOut: 0,
    memory: 0,
    serverCpu: 0,
    turns: runs,
  }));
  for (let round = 0; round < effort.rounds; round++) {
    for (let step = 0; step < entrants.length; step++) {
      const i = (round + step) % entrants.length;
      const entrant = entrants[i] as Entrant;
      const own = tally(tallies, i);
      await entrant.prepareRound();
      const before = await server.counters();
      const result = await entrant.runRound(inFlight, effort.roundMs, own.turns);
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
  const facts: (string | undefined)[] = [];
  for (const entrant of entrants) facts.push(await entrant.facts());
  return entrants.map((entrant, i) => {
    const told = facts[i];
    const { rounds, ...counted } = tally(tallies, i);
    const operations = rounds.reduce((sum, { runs }) => sum + runs, 0) * (entrant.operations ?? 1);
    const speeds = rounds.map((round) => round.operationsPerSecond);
    const perOperation = (total: number): number | null =>
      benchCase.usesServer === false ? null : total / operations;
    return {
      contestant: entrant.name,
      guarantees: entrant.guarantees,
      speaks: warm[i]?.speaks ?? '',
      inFlight,
      operationsPerSecond: median(speeds),
      spread: spread(speeds),
      ratio: median(speeds.map((speed, round) => speed / (ours[round]?.operationsPerSecond ?? Number.NaN))),
      p50Ms: median(rounds.map((round) => round.p50Ms)),
      p99Ms: median(rounds.map((round) => round.p99Ms)),
      commandsPerOperation: perOperation(counted.commands),
      bytesInPerOperation: perOperation(counted.bytesIn),
      bytesOutPerOperation: perOperation(counted.bytesOut),
      bytesKeptPerOperation: perOperation(counted.memory),
      clientCpuMicrosPerOperation:
        (rounds.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) * 1e6) / operations,
      serverCpuMicrosPerOperation: perOperation(counted.serverCpu * 1e6),
      ...(told !== undefined && { facts: told }),
    };
  });
}

function tally(tallies: readonly Tally[], index: number): Tally {
  const found = tallies[index];
  if (found === undefined) throw new Error(`no contestant ${index}`);
  return found;
}
