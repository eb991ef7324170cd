/** What a rule is told besides state and time: three numbers of the policy, and how far ahead calls may be booked. */
export interface RuleParameters {
  readonly parameters: readonly [number, number, number];
  /** µs ahead of now that state may reach beyond the policy's capacity: bookings and overruns. */
  readonly horizonMicros: number;
}

/** A charge that was made. */
export interface Charged<State> {
  readonly state: State;
  /** Names the charge, so that it can be given back. Opaque. */
  readonly receipt: string;
}

/** One identifier's state, read at one instant. Times are whole µs. */
export interface Meter<State> {
  /** The state as it is stored, or as it was put right because the clock had stepped back. */
  readonly state: State;
  /** The largest cost that would pass now. */
  readonly remaining: number;
  /** Until everything is recovered. */
  readonly resetMicros: number;
  /** What is queued before the next call. Only the leaky bucket makes callers wait for it. */
  readonly queuedMicros: number;
  /** How long until this cost passes, if nobody else comes: 0 now, -1 never. */
  waitMicros(cost: number): number;
  /** Charges, at the place `waitMicros` gave. `token` names a lease. */
  charge(cost: number, waitMicros: number, token: string): Charged<State>;
  /** Gives units of a charge back, as far as they still count. While calls are booked behind it, only the last can. */
  refund(receipt: string, units: number): { readonly state: State; readonly units: number };
}

/**
 * An algorithm as pure functions: the oracle of the Lua rule of the same name, and the engine of `simulate` and of the
 * limiter in the process. Both are written statement by statement alike.
 */
export interface Rule<State> {
  readonly empty: State;
  read(state: State, nowMicros: number, policy: RuleParameters): Meter<State>;
}
