import { checkCall } from '../checks/check-call.js';
import type { Command } from '../contract/command.js';
import type { Driver } from '../contract/driver.js';
import type { Lane } from '../contract/lane.js';
import type { CallOptions, Settled } from '../contract/sender.js';
import { AbortedError } from '../errors/aborted-error.js';
import { ConnectionError } from '../errors/connection-error.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { okReply } from '../reply/readers.js';
import { backoffMs } from '../time/backoff.js';
import type { LanePool } from './lane-pool.js';

/** What `optimistic` gives: the transaction's outcomes, `'conflict'` after the last try, or `'abandoned'` when `plan` gave null or no command. */
export type OptimisticResult<C extends readonly Command<unknown>[]> = Settled<C> | 'conflict' | 'abandoned';

/** Reads on the lane and decides: the commands to run, or null to leave all as it is. `call` holds what is left of the time. */
export type OptimisticPlan<C extends readonly Command<unknown>[]> = (
  lane: Lane,
  call: CallOptions,
) => Promise<C | null>;

/**
 * Read, decide, write, again if somebody was faster: WATCHes `keys` on a lane, lets `plan` read on that lane and decide on
 * commands, and runs them as one transaction. Use a script instead where one can do it: it needs one round trip and no luck.
 * `deadlineMs` is one for all tries, their waits included; without it, and without a signal, nothing ends a command that a server
 * does not answer. It counts for a lane that has to be opened, too; `plan` takes its own time: pass `call` on. Time that ends
 * between two commands is a `ConnectionError` with `sent: 'no'`.
 */
export async function optimistic<const C extends readonly Command<unknown>[]>(
  driver: Pick<Driver, 'clock' | 'random'>,
  pool: LanePool,
  keys: readonly [string, ...string[]],
  plan: OptimisticPlan<C>,
  options: CallOptions & { readonly attempts?: number } = {},
): Promise<OptimisticResult<C>> {
  checkCall(options);
  const { attempts = 10, signal, deadlineMs } = options;
  if (!Number.isSafeInteger(attempts) || attempts < 1) {
    throw new InvalidArgumentError('attempts', 'must be a whole number of at least 1', attempts);
  }
  if (!Array.isArray(keys) || keys.length === 0)
    throw new InvalidArgumentError('keys', 'must be an array that is not empty', keys);
  if (typeof plan !== 'function') throw new InvalidArgumentError('plan', 'must be a function', plan);
  const { clock, random } = driver;
  const untilMs = deadlineMs === undefined ? undefined : clock.monotonic() + deadlineMs;
  /** What is left for the next command. */
  const left = (): CallOptions => {
    if (untilMs === undefined) return signal === undefined ? {} : { signal };
    const leftMs = Math.ceil(untilMs - clock.monotonic());
    if (leftMs <= 0)
      throw new ConnectionError(`no time was left of the ${deadlineMs} ms for all tries`, { sent: 'no' });
    return { ...(signal && { signal }), deadlineMs: leftMs };
  };
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (signal?.aborted) throw new AbortedError(signal.reason, 'no');
    const result = await pool.use((lane) => once(lane, keys, plan, left), { key: keys[0], ...left() });
    if (result !== 'aborted') return result;
    if (attempt === attempts) break;
    const waitMs = Math.min(
      backoffMs({ baseMs: 2, maxMs: 100 }, attempt, random),
      left().deadlineMs ?? Number.POSITIVE_INFINITY,
    );
    // An abort ends the wait, and the next turn says so.
    await clock.sleep(waitMs, signal).catch(() => undefined);
  }
  return 'conflict';
}

async function once<C extends readonly Command<unknown>[]>(
  lane: Lane,
  keys: readonly [string, ...string[]],
  plan: OptimisticPlan<C>,
  left: () => CallOptions,
): Promise<Settled<C> | 'aborted' | 'abandoned'> {
  await lane.send({ args: ['WATCH', ...keys], key: keys[0], read: okReply('WATCH') }, left());
  try {
    const commands = await plan(lane, left());
    if (commands !== null && !Array.isArray(commands))
      throw new InvalidArgumentError('what plan gave', 'must be an array of commands, or null', commands);
    if (commands !== null && commands.length > 0) return await lane.transaction(commands, left());
  } catch (error) {
    // Refused before it was sent, or by the plan itself: the watch would still stand.
    await unwatch(lane);
    throw error;
  }
  await unwatch(lane);
  return 'abandoned';
}

/** Longer than any server that lives takes; a lane has no deadline of its own. */
const unwatchMs = 1000;

/** A lane goes back to the pool without a watch, or not at all. */
async function unwatch(lane: Lane): Promise<void> {
  if (lane.lost.aborted) return;
  try {
    await lane.send({ args: ['UNWATCH'], read: okReply('UNWATCH') }, { deadlineMs: unwatchMs });
  } catch {
    await lane.close();
  }
}
