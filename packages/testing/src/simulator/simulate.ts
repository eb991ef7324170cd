import { InvalidArgumentError } from '@penknife/core';
import { type FaultKind, faultPlan } from './faults.js';
import { checkOptions, type SimulationOptions } from './options.js';
import { readReplay } from './replay-text.js';
import {
  runSchedule,
  type ScheduleFailure,
  type ScheduleOutcome,
  type ScheduleRun,
  type Stage,
} from './schedule.js';
import { breathe } from './settle.js';
import { shrink, withFewerFaults } from './shrink.js';
import { SimulationClock } from './simulation-clock.js';
import { SimulationError } from './simulation-error.js';
import type { Decisions } from './tape.js';

/** What was simulated, when all went well. A property that nothing exercised proves nothing: assert on these numbers. */
export interface SimulationReport {
  readonly schedules: number;
  /** Things that happened in all schedules together. */
  readonly steps: number;
  /** Faults that happened, by kind. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  /** Events that scenarios recorded, by type. */
  readonly events: Readonly<Record<string, number>>;
}

/**
 * Runs a scenario in several processes on one engine, once per seed. Every order of what arrives, every moment of time and
 * every fault is decided by the seed; nothing waits for real. Rejects with a `SimulationError` at the first schedule that
 * fails, after it has made it as short as it can.
 *
 * What is simulated is what processes do through their `driver` and `clock`. Work that leaves the event loop (files, thread
 * pool, real timers) is not, and makes a schedule unrepeatable.
 */
export async function simulate<C = undefined>(options: SimulationOptions<C>): Promise<SimulationReport> {
  checkOptions(options as SimulationOptions<never>);
  const { kinds } = faultPlan(options.faults);
  const clock = new SimulationClock();
  const stage: Stage = { engine: options.engine({ clock }), clock };
  if (kinds.includes('failover') && stage.engine.failover === undefined) {
    stage.engine.close();
    throw new InvalidArgumentError('faults', 'failover takes an engine that can fail over', kinds);
  }
  const tally = { schedules: 0, steps: 0, faults: {}, events: {} };
  try {
    for (const run of runsOf(options)) {
      const outcome = await runSchedule(stage, options, run);
      if (failed(outcome)) throw await explained(stage, options, run.seed, outcome);
      count(tally, outcome);
      await breathe();
    }
    return tally;
  } finally {
    stage.engine.close();
  }
}

function* runsOf({ seeds, replay }: Pick<SimulationOptions, 'seeds' | 'replay'>): Generator<ScheduleRun> {
  if (replay !== undefined) yield readReplay(replay);
  else if (typeof seeds === 'number') for (let seed = 1; seed <= seeds; seed++) yield { seed };
  else for (const seed of seeds) yield { seed };
}

type Failed = ScheduleOutcome & { readonly failure: ScheduleFailure };

function failed(outcome: ScheduleOutcome): outcome is Failed {
  return outcome.failure !== undefined;
}

async function explained<C>(
  stage: Stage,
  options: SimulationOptions<C>,
  seed: number,
  found: Failed,
): Promise<SimulationError> {
  const { shrinkRuns = 1000, replay } = options;
  const retry = async (run: ScheduleRun): Promise<Failed | undefined> => {
    const outcome = await runSchedule(stage, options, run);
    await breathe();
    return failed(outcome) && outcome.failure.kind === found.failure.kind ? outcome : undefined;
  };
  const tell = async (from: number, { decisions }: ScheduleOutcome): Promise<SimulationError | undefined> => {
    const told = await runSchedule(stage, options, { seed: from, decisions, traced: true });
    return failed(told) ? new SimulationError(seed, from, told) : undefined;
  };
  const plain = replay === undefined ? await withFewerFaults(found, retry, shrinkRuns / 2) : undefined;
  const { from, outcome } = plain ?? { from: seed, outcome: found };
  const again = (decisions: Decisions): Promise<Failed | undefined> => retry({ seed: from, decisions });
  const shortest = replay === undefined ? await shrink(outcome, again, shrinkRuns / 2) : found;
  const told = await tell(from, shortest);
  if (told !== undefined) return told;
  const complaints = [...found.failure.complaints, 'and not when it ran again: something is not simulated'];
  return new SimulationError(seed, seed, { ...found, failure: { ...found.failure, complaints } });
}

interface Tally {
  schedules: number;
  steps: number;
  faults: Partial<Record<FaultKind, number>>;
  events: Record<string, number>;
}

function count(tally: Tally, { steps, events }: ScheduleOutcome): void {
  tally.schedules++;
  tally.steps += steps;
  for (const { type, fault } of events) {
    if (type === 'fault') tally.faults[fault as FaultKind] = (tally.faults[fault as FaultKind] ?? 0) + 1;
    else tally.events[type] = (tally.events[type] ?? 0) + 1;
  }
}
