import {
  type BackoffOptions,
  checkObject,
  type Duration,
  durationMs,
  InvalidArgumentError,
} from '@penknife/core';
import { checkListener } from '../arguments.js';
import type { Position } from '../entry/position.js';
import { idBefore } from '../entry/position.js';
import { waitingConsumer } from '../scripts/fragments.js';
import type { ConsumerEvent } from './events.js';

/** When a message is tried again, and when no more. */
export interface RetryOptions {
  /** How often the handler may fail before the message becomes a dead letter. Default 5. */
  readonly failures?: number;
  /** How many deliveries may end without an answer (a crash, a lost lease) before it does. Default 3. */
  readonly crashes?: number;
  /** The first wait, at most. Default `'1s'`. */
  readonly base?: Duration;
  /** The longest wait. Default `'5m'`. */
  readonly max?: Duration;
  /** Default 2. */
  readonly factor?: number;
  /** Default `'full'`: uniform between 0 and the wait. */
  readonly jitter?: BackoffOptions['jitter'];
}

/** How a group consumes a stream. Every member of a group should say the same. */
export interface ConsumerOptions {
  /** Handlers that run at once. Default 1. */
  readonly concurrency?: number;
  /**
   * Entries taken beyond those: more throughput, and more to hand over. Default: `concurrency`, at least 4. With
   * `order: 'key'` both together are at most 2000.
   */
  readonly prefetch?: number;
  /** Where a new group starts. Default `'start'`: nothing is missed. */
  readonly from?: Position;
  /** Where the group starts anew when it, or the stream, was deleted under a running consumer. Default `'start'`. */
  readonly recreateFrom?: Position;
  /**
   * `'key'`: messages of one key (see `DraftOptions`) are handled one after another, in the order of the log, whatever
   * fails, dies or is taken over; those without a key in no order. One member of the group works at a time, the others
   * stand by. Every member must say the same. Not for batches. Default `'none'`.
   */
  readonly order?: 'none' | 'key';
  /**
   * With `order: 'key'`: what becomes of a key when one of its messages fails for good or is poison. `'halt'` (default):
   * nothing of the key is handled until `resumeKey`. `'skip'`: it becomes a dead letter, and the key goes on without it.
   */
  readonly poisonedKey?: 'halt' | 'skip';
  /** How long an entry stays ours without a sign of life. Renewed while the process lives. Default `'30s'`. */
  readonly lease?: Duration;
  readonly retry?: RetryOptions;
  /**
   * `'delete'`: an entry that every group of the stream is done with is deleted with its last acknowledgement (XACKDEL where
   * the server has it). A group that is created later does not see it. Default `'keep'`: retention and trimming decide.
   */
  readonly whenDone?: 'keep' | 'delete';
  /** Keep about this many dead letters. Default 100 000. */
  readonly deadLetterLimit?: number;
  /** This consumer's name; must differ from that of every other live one. Default: a random one. */
  readonly name?: string;
  /** Look for entries this often even when nothing wakes us. Default `'5s'`. */
  readonly poll?: Duration;
  /** Remove other consumers of the group that were idle for this long and hold nothing. Default `'10m'`. */
  readonly consumerIdle?: Duration;
  /** Told of everything that happens beside the handler. What it throws is caught. */
  readonly onEvent?: (event: ConsumerEvent) => void;
}

/** Options with everything decided. */
export interface ResolvedConsumerOptions {
  readonly concurrency: number;
  readonly prefetch: number;
  /** Messages handed to the handler at once; undefined: one, not as an array. */
  readonly batch: number | undefined;
  readonly ordered: boolean;
  readonly haltsKeys: boolean;
  readonly deletesDone: boolean;
  readonly startId: string;
  readonly restartId: string;
  readonly leaseMs: number;
  readonly failures: number;
  readonly crashes: number;
  readonly backoff: Required<BackoffOptions>;
  readonly deadLetterLimit: number;
  readonly name: string | undefined;
  readonly pollMs: number;
  readonly consumerIdleMs: number;
  readonly onEvent: (event: ConsumerEvent) => void;
}

/** An ordered consumer names all that it holds with each take: more would keep the server from others for too long. */
const heldInOrder = 2000;

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolveConsumerOptions(
  options: ConsumerOptions & { readonly batch?: number },
): ResolvedConsumerOptions {
  checkObject('options', options);
  const { concurrency = 1, from = 'start', recreateFrom = 'start', retry = {}, name, batch } = options;
  checkObject('retry', retry);
  checkListener('onEvent', options.onEvent);
  whole('concurrency', concurrency, 1, 10_000);
  if (batch !== undefined) whole('batch', batch, 1, 10_000);
  const most = options.order === 'key' ? heldInOrder : Number.POSITIVE_INFINITY;
  const usual = Math.min(Math.max(4, concurrency * (batch ?? 1)), Math.max(0, most - concurrency));
  const { prefetch = usual, deadLetterLimit = 100_000 } = options;
  whole('prefetch', prefetch, 0, 100_000);
  if (concurrency + prefetch > most) {
    const rule = `must be at most ${most} with concurrency added, with order: 'key'`;
    throw new InvalidArgumentError('prefetch', rule, prefetch);
  }
  whole('deadLetterLimit', deadLetterLimit, 1, 1e9);
  const { failures = 5, crashes = 3, base = '1s', max = '5m', factor = 2, jitter = 'full' } = retry;
  whole('retry.failures', failures, 1, 1e6);
  whole('retry.crashes', crashes, 0, 1e6);
  if (!Number.isFinite(factor) || factor < 1) {
    throw new InvalidArgumentError('retry.factor', 'must be a number of at least 1', factor);
  }
  oneOf('retry.jitter', jitter, ['full', 'equal', 'none']);
  const { lease = '30s', poll = '5s', consumerIdle = '10m', onEvent = () => undefined } = options;
  const { order = 'none', poisonedKey = 'halt', whenDone = 'keep' } = options;
  oneOf('whenDone', whenDone, ['keep', 'delete']);
  oneOf('order', order, ['none', 'key']);
  oneOf('poisonedKey', poisonedKey, ['halt', 'skip']);
  if (order === 'key' && batch !== undefined) {
    throw new InvalidArgumentError('batch', "must be absent with order: 'key'", batch);
  }
  if (name !== undefined) checkName('name', name);
  return {
    concurrency,
    prefetch,
    batch,
    ordered: order === 'key',
    deletesDone: whenDone === 'delete',
    haltsKeys: order === 'key' && poisonedKey === 'halt',
    startId: idBefore(from, 'from'),
    restartId: idBefore(recreateFrom, 'recreateFrom'),
    leaseMs: durationMs(lease, 'lease', { minMs: 10, maxMs: 86_400_000 }),
    failures,
    crashes,
    backoff: {
      baseMs: durationMs(base, 'retry.base'),
      maxMs: durationMs(max, 'retry.max'),
      factor,
      jitter,
    },
    deadLetterLimit,
    name,
    pollMs: durationMs(poll, 'poll', { minMs: 10, maxMs: 3_600_000 }),
    consumerIdleMs: durationMs(consumerIdle, 'consumerIdle', { minMs: 1 }),
    onEvent,
  };
}

/** Checks what every `consume` is given; throws `InvalidArgumentError`. */
export function checkConsume(group: string, handler: unknown): void {
  checkName('group', group);
  if (typeof handler !== 'function') throw new InvalidArgumentError('handler', 'must be a function', handler);
}

/** Checks what every `resumeKey` is given; throws `InvalidArgumentError`. */
export function checkResume(key: string, how: string): void {
  if (typeof key !== 'string') throw new InvalidArgumentError('key', 'must be a string', key);
  oneOf('how', how, ['retry', 'skip']);
}

/** Checks the name of a group or a consumer. */
export function checkName(argument: string, name: string): string {
  const first = waitingConsumer.charAt(0);
  if (typeof name !== 'string' || name.length === 0 || name.length > 200 || name.startsWith(first)) {
    throw new InvalidArgumentError(
      argument,
      `must be a string of 1 to 200 characters that does not start with ${first}`,
      name,
    );
  }
  return name;
}

function oneOf(argument: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw new InvalidArgumentError(argument, `must be one of ${allowed.join(', ')}`, value);
}

function whole(argument: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new InvalidArgumentError(argument, `must be a whole number from ${least} to ${most}`, value);
  }
}
