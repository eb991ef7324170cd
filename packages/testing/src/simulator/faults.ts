import { InvalidArgumentError } from '@penknife/core';

/**
 * What can go wrong in a schedule.
 *
 * | kind | what happens |
 * |---|---|
 * | `delay` | nothing passes between one process and the server for a while |
 * | `lost-reply` | a command runs, then its connection breaks: the caller never learns the answer |
 * | `drop` | a connection breaks; what was under way to the server arrives in part, answers are lost |
 * | `pause` | a process stands still for a while, its timers and all that it waits for too; time goes on |
 * | `crash` | a process ends for good, in the middle of whatever it did |
 * | `restart` | a process ends like that, and its scenario begins anew a while later |
 * | `failover` | a replica takes over that has not seen the last writes; all connections break |
 */
export type FaultKind = 'delay' | 'lost-reply' | 'drop' | 'pause' | 'crash' | 'restart' | 'failover';

/** All kinds but `failover`, which takes an engine that keeps a replica. */
export const faultKinds: readonly FaultKind[] = ['delay', 'lost-reply', 'drop', 'pause', 'crash', 'restart'];

/** Which faults, how many, how long. */
export interface FaultOptions {
  readonly kinds: readonly FaultKind[];
  /** Faults in one schedule. Default 3. */
  readonly atMost?: number;
  /** The longest delay, pause or absence, in ms. Default 10 000. */
  readonly longestMs?: number;
  /** The most writes that a failover loses. Default 3. */
  readonly lostWrites?: number;
}

/** `FaultOptions` with everything filled in. */
export type FaultPlan = Required<FaultOptions>;

/** Fills in the defaults. */
export function faultPlan(options: readonly FaultKind[] | FaultOptions | undefined): FaultPlan {
  const given: FaultOptions =
    options === undefined
      ? { kinds: [] }
      : Array.isArray(options)
        ? { kinds: options }
        : (options as FaultOptions);
  const { kinds, atMost = 3, longestMs = 10_000, lostWrites = 3 } = given;
  const known: readonly string[] = [...faultKinds, 'failover'];
  for (const kind of kinds) {
    if (!known.includes(kind))
      throw new InvalidArgumentError('faults', `must be of ${known.join(', ')}`, kind);
  }
  for (const [name, value] of Object.entries({ atMost, longestMs, lostWrites })) {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new InvalidArgumentError(`faults.${name}`, 'must be a whole number of at least 0', value);
  }
  return { kinds, atMost, longestMs, lostWrites };
}
