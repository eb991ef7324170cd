import { type Arrival, type Decision, type Policy, simulate } from '@penknife/ratelimit';

/** A trace of arrivals, and what it shows. */
export interface Scene {
  readonly title: string;
  readonly arrivals: readonly Arrival[];
}

/** Ten a second under every algorithm, in the order of the picture. */
export const policies: Readonly<Record<string, Policy>> = {
  'fixed-window': 'fixed-window 10/s',
  'sliding-window-counter': 'sliding-window-counter 10/s',
  'sliding-window-log': 'sliding-window-log 10/s',
  'token-bucket': 'token-bucket 10/s',
  gcra: 'gcra 10/s',
  'gcra burst 3': 'gcra 10/s burst 3',
  'leaky-bucket burst 3': 'leaky-bucket 10/s burst 3',
};

/** Far from 1970, and on a second, so that aligned windows start where the picture does. */
const startMs = 1_800_000_000_000;

function at(ms: number): Arrival {
  return { atMs: startMs + ms };
}

/** Twelve calls just before each second, and twelve just after it. */
export const burstsAtEdges: Scene = {
  title: '12 calls just before each second and 12 just after it, limit 10/s',
  arrivals: [1, 2, 3].flatMap((second) =>
    Array.from({ length: 24 }, (_, i) => at(second * 1000 - 96 + i * 8 + (i >= 12 ? 8 : 0))),
  ),
};

/** Twenty-five calls a second, evenly. */
export const steadyOverload: Scene = {
  title: '25 calls a second, evenly, limit 10/s',
  arrivals: Array.from({ length: 100 }, (_, i) => at(i * 40 + 20)),
};

/** One call of a scene under one policy: when it came, and what became of it. */
export interface Verdict extends Decision {
  /** Seconds from the picture's left edge. */
  readonly at: number;
}

/** What a policy says of a scene. */
export function verdictsOf({ arrivals }: Scene, policy: Policy): readonly Verdict[] {
  return simulate(policy, arrivals).map((decision, i) => ({
    ...decision,
    at: ((arrivals[i]?.atMs ?? 0) - startMs) / 1000,
  }));
}
