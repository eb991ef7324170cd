import { PenknifeError } from '@penknife/core';
import { replayText } from './replay-text.js';
import type { ScheduleFailure, ScheduleOutcome } from './schedule.js';
import type { SimulationEvent } from './simulation-event.js';

/** Lines of a schedule that a message shows; `trace` has all. */
const shownLines = 60;

/** A schedule failed. The message names its seed, says what was wrong, and shows the shortest schedule found step by step. */
export class SimulationError extends PenknifeError {
  /** The seed whose schedule failed first. */
  readonly seed: number;
  /** For `simulate({ replay })`: the shortest schedule found. */
  readonly replay: string;
  readonly complaints: readonly string[];
  /** The shortest schedule, a line a step. */
  readonly trace: readonly string[];
  readonly events: readonly SimulationEvent[];
  /** Decisions in it that are not the plainest: faults, and messages that overtook others or were late. */
  readonly decisions: number;

  /** `from`: the seed that the shortest schedule was drawn from. */
  constructor(seed: number, from: number, outcome: ScheduleOutcome & { readonly failure: ScheduleFailure }) {
    const { failure, decisions, trace, events } = outcome;
    const replay = replayText(from, decisions);
    const shown = trace.slice(-shownLines);
    const missing = trace.length - shown.length;
    super(
      'SIMULATION',
      [
        `seed ${seed}: ${failure.complaints.join('; ')}`,
        `replay: '${replay}'`,
        ...(missing > 0 ? [`(${missing} steps before)`] : []),
        ...shown,
      ].join('\n'),
      { cause: failure.cause },
    );
    this.name = 'SimulationError';
    this.seed = seed;
    this.replay = replay;
    this.complaints = failure.complaints;
    this.trace = trace;
    this.events = events;
    this.decisions = decisions.size;
  }
}
