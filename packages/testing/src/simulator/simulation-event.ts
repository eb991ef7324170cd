/** One thing that a scenario recorded, or a fault. In the order in which things happened in the whole world. */
export interface SimulationEvent {
  /** What the scenario called it; `fault` for a fault, `gave-up` for a scenario that ended with the error of one. */
  readonly type: string;
  /** `p0`, `p1`, …; of a fault, whom it met. */
  readonly process: string;
  /** How often that process had been started before. */
  readonly life: number;
  /** Steps of the scheduler before it: nothing lies between two events of one step. */
  readonly step: number;
  /** Time of the world since the schedule began. */
  readonly atMs: number;
  readonly [detail: string]: unknown;
}
