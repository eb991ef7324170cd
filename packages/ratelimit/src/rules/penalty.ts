/** How repeated denials are punished, with everything decided. Times in µs. */
export interface PenaltyLadder {
  /** Denials until a block. */
  readonly after: number;
  /** Quiet time until a step is forgotten. */
  readonly decayMicros: number;
  /** How long each block is; the last one repeats. Empty: blocked by hand only. */
  readonly stepsMicros: readonly number[];
}
