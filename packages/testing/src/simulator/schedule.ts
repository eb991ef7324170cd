import { type FaultKind, type FaultPlan, faultPlan } from './faults.js';
import { type Listened, listened } from './listened.js';
import type { Move } from './network.js';
import type { SimulatedEngine, SimulationOptions } from './options.js';
import { settle } from './settle.js';
import type { SimulationClock } from './simulation-clock.js';
import type { SimulationEvent } from './simulation-event.js';
import { strike } from './strike.js';
import { type Decisions, Tape } from './tape.js';
import { Weather } from './weather.js';
import { World } from './world.js';

/** Why a schedule failed: what `check` complained of, what was thrown, or who never finished. */
export interface ScheduleFailure {
  readonly kind: 'check' | 'thrown' | 'stuck';
  readonly complaints: readonly string[];
  readonly cause?: unknown;
}

/** What came of a schedule. */
export interface ScheduleOutcome {
  readonly failure: ScheduleFailure | undefined;
  readonly decisions: Decisions;
  readonly steps: number;
  readonly events: readonly SimulationEvent[];
  readonly trace: readonly string[];
}

/** Where schedules run, one after another. */
export interface Stage {
  readonly engine: SimulatedEngine;
  readonly clock: SimulationClock;
}

/** How one schedule runs: drawn from its seed, or given. */
export interface ScheduleRun {
  readonly seed: number;
  /** Fewer faults than the options allow. */
  readonly atMost?: number;
  readonly decisions?: Decisions | undefined;
  readonly traced?: boolean;
}

/** Steps after which a calm world counts as stuck. */
const calmSteps = 100_000;

/** Runs one schedule from an empty server to its check. Rejects never: what goes wrong is its outcome. */
export async function runSchedule<C>(
  stage: Stage,
  options: SimulationOptions<C>,
  run: ScheduleRun,
): Promise<ScheduleOutcome> {
  const { engine, clock } = stage;
  engine.reset();
  clock.reset();
  const tape = new Tape(run.decisions);
  const weather = new Weather(run.seed);
  const plan = { ...faultPlan(options.faults), ...(run.atMost !== undefined && { atMost: run.atMost }) };
  const context: Listened<C> = { current: undefined as C };
  const world = new World({
    engine,
    clock,
    seed: run.seed,
    tape,
    weather,
    traced: run.traced === true,
    run: (process) => options.scenario(process, context.current),
    listen: (transport, process) => listened(transport, process, context, options.witness),
  });
  let failure: ScheduleFailure | undefined;
  const driver = world.calmDriver();
  try {
    if (options.setup !== undefined) {
      context.current = await options.setup({ seed: run.seed, driver, clock });
    }
    for (let index = 0; index < (options.processes ?? 2); index++) world.start(index);
    await settle();
    failure = await move(world, { options, tape, weather, plan, engine });
    failure ??= thrown(world.failures);
    calm(world, tape);
    if (failure === undefined) {
      const complaints = await options.check({
        events: world.events,
        context: context.current,
        driver,
        advance: (ms) => advance(world, ms),
      });
      failure = complained(complaints) ?? thrown(world.failures);
    }
  } catch (error) {
    failure = { kind: 'check', complaints: [textOf(error)], cause: error };
  }
  for (const life of world.lives) life.alive = false;
  world.network.end();
  await driver.close();
  return { failure, decisions: tape.decisions, steps: world.step, events: world.events, trace: world.trace };
}

interface MoveParts<C> {
  readonly options: SimulationOptions<C>;
  readonly tape: Tape;
  readonly weather: Weather;
  readonly plan: FaultPlan;
  readonly engine: SimulatedEngine;
}

/** Lets things happen, one after another, until every scenario has ended. */
async function move<C>(world: World, parts: MoveParts<C>): Promise<ScheduleFailure | undefined> {
  const { options, tape, weather, plan } = parts;
  const { steps = 300, latencyMs = 20, limitMs = 600_000 } = options;
  let faults = plan.kinds.length === 0 ? 0 : plan.atMost;
  for (; !world.finished; world.step++) {
    if (world.failures.length > 0) return undefined;
    if (world.step === steps) calm(world, tape);
    // What was decided when processes started stands before the first step.
    tape.step(2 * world.step + 1);
    if (faults > 0) {
      const fault = tape.decide(plan.kinds.length + 1, () => weather.fault(plan.kinds.length));
      if (fault > 0 && strike(plan.kinds[fault - 1] as FaultKind, { world, ...parts })) {
        faults--;
        await settle();
        if (world.finished) break;
      }
    }
    tape.step(2 * world.step + 2);
    const moves = world.moves();
    if (!pass(world, moves, { tape, weather, latencyMs })) return stuck(world, 'nothing is under way');
    await settle();
    if (world.clock.monotonic() > limitMs) return stuck(world, `${limitMs} ms have passed`);
    if (world.step > steps + calmSteps) return stuck(world, `after ${world.step} steps`);
  }
  return undefined;
}

interface PassParts {
  readonly tape: Tape;
  readonly weather: Weather;
  readonly latencyMs: number;
}

/** One thing happens: something arrives, or time passes. False when nothing can. */
function pass(world: World, moves: readonly Move[], { tape, weather, latencyMs }: PassParts): boolean {
  const { clock } = world;
  const { nextInMs } = clock;
  if (moves.length === 0) {
    if (nextInMs === undefined) return false;
    world.pass(nextInMs);
    return true;
  }
  // A message is not under way for longer than the latency unless a fault holds it up.
  const oldestMs = moves.reduce((least, { sentMs }) => Math.min(least, sentMs), Number.POSITIVE_INFINITY);
  const leftMs = Math.floor(oldestMs + latencyMs - clock.monotonic());
  const timeAt = leftMs > 0 ? moves.length : undefined;
  const limit = timeAt === undefined ? moves.length : moves.length + 1;
  const weights = moves.map(({ weight }) => weight);
  const chosen = tape.decide(limit, () => weather.next(weights, timeAt));
  const next = moves[chosen];
  if (next === undefined) {
    world.pass(1 + tape.decide(leftMs, () => weather.below(leftMs)));
  } else {
    world.note(next.text());
    next.run();
  }
  return true;
}

/** No more faults, and whatever is held up goes on. */
function calm(world: World, tape: Tape): void {
  tape.end();
  for (const life of world.lives) {
    life.cutOff = false;
    life.paused = false;
  }
}

/** Lets time pass in a calm world. */
async function advance(world: World, ms: number): Promise<void> {
  const untilMs = world.clock.monotonic() + ms;
  for (let step = 0; step < calmSteps; step++) {
    const [next] = world.moves();
    if (next !== undefined) next.run();
    else {
      const leftMs = untilMs - world.clock.monotonic();
      const { nextInMs } = world.clock;
      if (leftMs <= 0 && (nextInMs === undefined || nextInMs > 0)) return;
      world.clock.move(Math.min(leftMs, nextInMs ?? leftMs));
    }
    await settle();
  }
}

function stuck(world: World, why: string): ScheduleFailure {
  const who = world.lives.filter((life) => life.alive && !life.done).map(({ name }) => name);
  return { kind: 'stuck', complaints: [`${who.join(', ')} did not finish: ${why}`] };
}

function thrown(failures: readonly unknown[]): ScheduleFailure | undefined {
  if (failures.length === 0) return undefined;
  return { kind: 'thrown', complaints: failures.map(textOf), cause: failures[0] };
}

function complained(complaints: unknown): ScheduleFailure | undefined {
  const all = complaints === undefined ? [] : [complaints].flat();
  return all.length === 0 ? undefined : { kind: 'check', complaints: all as string[] };
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
