import { backoffMs, type Driver, type Duration, InvalidArgumentError } from '@penknife/core';
import { LockLostError } from '../errors.js';
import type { AbortWatch, EitherSignal } from '../lease/abort-watch.js';
import type { Lock } from '../lease/lock.js';
import type { AcquireOptions } from '../options.js';
import type { AcquireOutcome } from '../outcome.js';

/** One time in office. */
export interface Term {
  /** Greater than the term of every earlier leader: the fence of the lock. Hand it to whatever the leader writes. */
  readonly term: bigint;
  /**
   * Fires when the term is over: the lease was lost, the campaign's signal fired, the locks began to shut down, or `onElected`
   * has returned or thrown. Stop leading then. In the last case before the office is handed over (`LockLostError`, `released`),
   * so what `onElected` left in the background is told before anybody else can be elected, unless it released the lock by itself.
   */
  readonly signal: AbortSignal;
  /** The lock behind it: `assertHeld` before what matters, `remainingMs`, `extend`. */
  readonly lock: Lock;
}

/** How a campaign is run. */
export interface CampaignOptions {
  /**
   * Leads until it returns. Must return when the term's signal fires: until then the campaign goes on, and the office is kept
   * unless the lease was lost. Returning hands over to the next in line; this one lines up again, after a pause when the term
   * was shorter than a second.
   */
  onElected(term: Term): void | Promise<void>;
  /** Ends the campaign, and the term with it. */
  readonly signal: AbortSignal;
  /** The lease. Default: that of the locks. */
  readonly ttl?: Duration;
}

/** What a campaign asks of the locks. */
export interface Ballot {
  acquire(resource: string, options: AcquireOptions): Promise<AcquireOutcome>;
  /** Fires when the locks are shut down. */
  readonly closing: AbortSignal;
  readonly aborts: AbortWatch;
}

/** How long one turn in the queue lasts; then it is taken again. */
const turnMs = 3_600_000;
const retry = { baseMs: 250, maxMs: 5000, jitter: 'equal' } as const;
/** A term below this was no term: who leads for nothing, again and again, must not keep the server busy. */
const shortestTermMs = 1000;
const afterShortTerm = { baseMs: 20, maxMs: 1000, jitter: 'equal' } as const;

/**
 * Runs for office until the signal fires or the locks are shut down: elected again and again, in the order of the queue.
 * Resolves after that, once `onElected` has returned and the office is handed over. Rejects with what `onElected` throws, after handing over,
 * and with what `acquire` rejects with. Without a server nobody is elected, and it asks again.
 */
export async function campaign(
  driver: Pick<Driver, 'clock' | 'random'>,
  ballot: Ballot,
  office: string,
  options: CampaignOptions,
): Promise<void> {
  const { onElected, signal, ttl } = options ?? {};
  if (typeof onElected !== 'function')
    throw new InvalidArgumentError('onElected', 'must be a function', onElected);
  if (!(signal instanceof AbortSignal))
    throw new InvalidArgumentError('signal', 'must be an AbortSignal', signal);
  const { clock, random } = driver;
  let failures = 0;
  let shortTerms = 0;
  // Who comes too late is refused, as whoever acquires is; who runs already only ends.
  ballot.closing.throwIfAborted();
  const { signal: ended, leave } = ballot.aborts.either([signal, ballot.closing]);
  // Cut short by what ends the loop.
  const pause = (ms: number): Promise<void> => clock.sleep(ms, ended).catch(() => undefined);
  try {
    while (!ended.aborted) {
      const outcome = await ballot.acquire(office, {
        waitMs: turnMs,
        signal,
        ...(ttl !== undefined && { ttl }),
      });
      if (outcome.ok) {
        failures = 0;
        const sinceMs = clock.monotonic();
        await lead(outcome.lock, onElected, ballot.aborts.either([outcome.lock.signal, ended]));
        shortTerms = clock.monotonic() - sinceMs < shortestTermMs ? shortTerms + 1 : 0;
        if (shortTerms > 0 && !ended.aborted) await pause(backoffMs(afterShortTerm, shortTerms, random));
      } else if (outcome.reason === 'aborted') {
        return;
      } else if (outcome.reason === 'unavailable') {
        await pause(backoffMs(retry, ++failures, random));
      }
    }
  } finally {
    leave();
  }
}

async function lead(
  lock: Lock,
  onElected: CampaignOptions['onElected'],
  { signal, end, leave }: EitherSignal,
): Promise<void> {
  try {
    // Whoever listens to a signal that has fired hears nothing any more.
    if (!signal.aborted) await onElected({ term: lock.fence, signal, lock });
  } finally {
    leave();
    // A loss that nobody noticed so far is told as one.
    end(lock.signal.reason ?? new LockLostError(lock.resource, lock.fence, 'released'));
    await lock.release();
  }
}
