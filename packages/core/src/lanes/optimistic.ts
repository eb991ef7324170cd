import type { Command } from '../contract/command.js';
import type { Driver } from '../contract/driver.js';
import type { Lane } from '../contract/lane.js';
import type { CallOptions, Settled } from '../contract/sender.js';
import { AbortedError } from '../errors/aborted-error.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { okReply } from '../reply/readers.js';
import { backoffMs } from '../time/backoff.js';
import type { LanePool } from './lane-pool.js';

/** What `optimistic` gives: the transaction's outcomes, `'conflict'` after the last try, or `'abandoned'` when `plan` gave null. */
export type OptimisticResult<C extends readonly Command<unknown>[]> = Settled<C> | 'conflict' | 'abandoned';

/**
 * Read, decide, write, again if somebody was faster: WATCHes `keys` on a lane, lets `plan` read on that lane and decide on
 * commands, and runs them as one transaction. Use a script instead where one can do it: it needs one round trip and no luck.
 */
export async function optimistic<const C extends readonly Command<unknown>[]>(
  driver: Pick<Driver, 'clock' | 'random'>,
  pool: LanePool,
  keys: readonly [string, ...string[]],
  plan: (lane: Lane) => Promise<C | null>,
  options: { readonly attempts?: number; readonly signal?: AbortSignal } = {},
): Promise<OptimisticResult<C>> {
  const { attempts = 10, signal } = options;
  if (!Number.isSafeInteger(attempts) || attempts < 1) {
    throw new InvalidArgumentError('attempts', 'must be a whole number of at least 1', attempts);
  }
  if (!Array.isArray(keys) || keys.length === 0)
    throw new InvalidArgumentError('keys', 'must be an array that is not empty', keys);
  if (typeof plan !== 'function') throw new InvalidArgumentError('plan', 'must be a function', plan);
  const call = signal === undefined ? {} : { signal };
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (signal?.aborted) throw new AbortedError(signal.reason, 'no');
    const result = await pool.use((lane) => once(lane, keys, plan, call), { key: keys[0], ...call });
    if (result !== 'aborted') return result;
    if (attempt === attempts) break;
    const waitMs = backoffMs({ baseMs: 2, maxMs: 100 }, attempt, driver.random);
    // An abort ends the wait, and the next turn says so.
    await driver.clock.sleep(waitMs, signal).catch(() => undefined);
  }
  return 'conflict';
}

async function once<C extends readonly Command<unknown>[]>(
  lane: Lane,
  keys: readonly [string, ...string[]],
  plan: (lane: Lane) => Promise<C | null>,
  call: CallOptions,
): Promise<Settled<C> | 'aborted' | 'abandoned'> {
  await lane.send({ args: ['WATCH', ...keys], key: keys[0], read: okReply('WATCH') }, call);
  try {
    const commands = await plan(lane);
    if (commands !== null && commands.length > 0) return await lane.transaction(commands, call);
  } catch (error) {
    // Refused before it was sent, or by the plan itself: the watch would still stand.
    await unwatch(lane);
    throw error;
  }
  await unwatch(lane);
  return 'abandoned';
}

/** A lane goes back to the pool without a watch, or not at all. */
async function unwatch(lane: Lane): Promise<void> {
  if (lane.lost.aborted) return;
  try {
    await lane.send({ args: ['UNWATCH'], read: okReply('UNWATCH') });
  } catch {
    await lane.close();
  }
}
