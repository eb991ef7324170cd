/** How repeated denials are punished, with everything decided. Times in µs. */
export interface PenaltyLadder {
  /** Denials until a block. */
  readonly after: number;
  /** Quiet time until a step is forgotten. */
  readonly decayMicros: number;
  /** How long each block is; the last one repeats. Empty: blocked by hand only. */
  readonly stepsMicros: readonly number[];
}

/** What is known of an identifier's denials. */
export interface PenaltyState {
  readonly until: number;
  readonly level: number;
  readonly strikes: number;
  readonly at: number;
}

/** The state after the quiet time that has passed. */
function settled(ladder: PenaltyLadder, state: PenaltyState | null, now: number): PenaltyState {
  if (state === null) return { until: 0, level: 0, strikes: 0, at: now };
  const quiet = Math.floor((now - Math.max(state.at, state.until)) / ladder.decayMicros);
  return quiet > 0 ? { ...state, level: Math.max(0, state.level - quiet), strikes: 0 } : state;
}

/** How long an identifier is still blocked, in µs. */
export function blockedMicros(state: PenaltyState | null, now: number): number {
  return Math.max(0, (state?.until ?? 0) - now);
}

/** Counts one denial: the state after it. */
export function strike(ladder: PenaltyLadder, state: PenaltyState | null, now: number): PenaltyState {
  const { until, level, strikes } = settled(ladder, state, now);
  const { stepsMicros, after } = ladder;
  if (stepsMicros.length === 0 || strikes + 1 < after) return { until, level, strikes: strikes + 1, at: now };
  const step = stepsMicros[Math.min(level, stepsMicros.length - 1)] ?? 0;
  return { until: now + step, level: Math.min(level + 1, stepsMicros.length), strikes: 0, at: now };
}
