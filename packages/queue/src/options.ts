import {
  type Arg,
  type BackoffOptions,
  type Codec,
  callWithin,
  checkCall,
  checkCodec,
  checkName,
  checkObject,
  checkSchema,
  type Duration,
  defaultNamespace,
  durationMs,
  InvalidArgumentError,
  jsonCodec,
  type StandardSchema,
} from '@penknife/core';
import { eventsChannel, keysOf, pushKeysOf, queueKeys, wakeChannel } from './keys.js';

/** When a job is tried again, and when no more. */
export interface RetryOptions {
  /** How often the handler may fail before the job is a dead letter. Default 5. */
  readonly failures?: number;
  /** How often a job may be lost with its worker before it is. Default 3. */
  readonly crashes?: number;
  /** The first wait, at most. Default `'1s'`. */
  readonly base?: Duration;
  /** The longest wait. Default `'5m'`. */
  readonly max?: Duration;
  /** Default `'full'`: uniform between 0 and the wait. */
  readonly jitter?: NonNullable<BackoffOptions['jitter']>;
}

/** Results that outlive their jobs, for `finished` and for ids that are not to be used again. */
export interface ResultOptions {
  /** How long a result is kept. */
  readonly keep: Duration;
  /** Keep so many, the latest. Default 10 000. */
  readonly most?: number;
}

/** How fast jobs are handed out, over all workers together. */
export interface RateOptions {
  /** So many jobs, evenly spaced, … */
  readonly jobs: number;
  /** … in so long. */
  readonly per: Duration;
  /** How many may go at once after a pause. Default 1. In any span of time at most `burst` more than the rate allows. */
  readonly burst?: number;
}

/** How a queue is made. Every process that uses a queue should say the same. */
export interface QueueOptions<T> {
  /** What a job must be, by any Standard Schema (zod, valibot, arktype, …). Checked when it is added and when it is taken. */
  readonly schema?: StandardSchema<unknown, T>;
  /** How a job travels. Default: JSON. */
  readonly codec?: Codec<T>;
  readonly retry?: RetryOptions;
  /** How much waiting one step of priority is worth. Default `'1m'`: of priority 1 goes before what came a minute earlier. */
  readonly priorityStep?: Duration;
  /** Keep so many dead letters, the latest. Default 10 000. */
  readonly deadLetters?: number;
  /** Keep them so long. Default: any time. */
  readonly deadLettersFor?: Duration;
  /** Keep results. Default: a job that is done is forgotten, and nobody can wait for it. */
  readonly results?: ResultOptions;
  /** Hand out no faster than this. Default: as fast as workers take. */
  readonly rate?: RateOptions;
  /** How many jobs of one group may be at work at once, over all workers. Default: any number. */
  readonly groupConcurrency?: number;
  /** First part of every key. Default `'pk'`. */
  readonly namespace?: string;
  /** How long one command may take, in ms; what a call says is for all that it sends. Default: the driver's. */
  readonly deadlineMs?: number;
}

/** Options with everything decided. */
export interface ResolvedQueue<T> {
  readonly name: string;
  readonly keys: readonly string[];
  readonly pushKeys: readonly string[];
  readonly channel: string;
  readonly events: string;
  readonly schema: StandardSchema<unknown, T> | undefined;
  readonly codec: Codec<T>;
  readonly failures: number;
  readonly crashes: number;
  readonly backoff: BackoffOptions;
  /** 0: results are not kept. */
  readonly keepMs: number;
  /** Microseconds between two jobs, 0: no rate; and how many may go at once. */
  readonly rate: { readonly spacing: number; readonly burst: number };
  /** What every script is told first: see queue.lua. */
  readonly head: readonly Arg[];
  readonly deadlineMs: number | undefined;
}

/** How a worker works. */
export interface WorkerOptions {
  /** Jobs in hand at once, each with its handler: 1 to 10 000. Default 1. A handler that goes on when its job is lost does not count. */
  readonly concurrency?: number;
  /** How long a job stays this worker's without a sign of life: at least 100 ms. Renewed while the process lives. Default `'30s'`. */
  readonly lease?: Duration;
  /** Looks for jobs this often even when nothing wakes it. Default `'30s'`. */
  readonly poll?: Duration;
  /** Told of everything beside the handler. What it throws is reported, and harms nothing. */
  readonly onEvent?: (event: WorkerEvent) => void;
}

/** What happens beside a worker's handler. Jobs are named by their ids, which are the program's own. */
export type WorkerEvent =
  | {
      readonly kind: 'failed';
      readonly id: string;
      readonly failures: number;
      readonly retryInMs: number;
      readonly error: unknown;
    }
  | { readonly kind: 'dead'; readonly id: string; readonly error: unknown }
  | { readonly kind: 'lost' | 'cancelled'; readonly id: string }
  | { readonly kind: 'error'; readonly error: unknown };

/** Options of a worker with everything decided. */
export interface ResolvedWorker {
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly onEvent: (event: WorkerEvent) => void;
}

/** Dead letters, and results, that are kept where nothing else is said. */
export const mostKept = 10_000;

function checkJitter(jitter: 'full' | 'equal' | 'none'): typeof jitter {
  if (jitter !== 'full' && jitter !== 'equal' && jitter !== 'none')
    throw new InvalidArgumentError('retry.jitter', "must be 'full', 'equal' or 'none'", jitter);
  return jitter;
}

/** Resolves the options once; throws `InvalidArgumentError`. A partition has a name that no queue can have. */
export function resolveQueue<T>(
  given: string,
  options: QueueOptions<T>,
  partition?: number,
): ResolvedQueue<T> {
  const name = partition === undefined ? checkName('name', given) : `${given}@${partition}`;
  checkObject('options', options);
  const { retry = {}, results, rate, schema, codec } = options;
  for (const [part, given] of Object.entries({ retry, results, rate }))
    if (given !== undefined) checkObject(part, given);
  if (codec !== undefined) checkCodec('codec', codec);
  if (schema !== undefined) checkSchema('schema', schema);
  checkCall(callWithin(undefined, options.deadlineMs));
  const builders = queueKeys.in(options.namespace ?? defaultNamespace);
  const channel = wakeChannel(builders, name);
  const events = eventsChannel(builders, name);
  const keepMs =
    options.results === undefined
      ? 0
      : durationMs(options.results.keep, 'results.keep', { minMs: 1, maxMs: 366 * 86_400_000 });
  const keepDeadMs =
    options.deadLettersFor === undefined
      ? 0
      : durationMs(options.deadLettersFor, 'deadLettersFor', { minMs: 1, maxMs: 366 * 86_400_000 });
  return {
    name,
    keys: keysOf(builders, name),
    pushKeys: pushKeysOf(builders, name, keepMs > 0),
    channel,
    events,
    schema: options.schema,
    codec: options.codec ?? (jsonCodec as Codec<T>),
    failures: wholeNumber('retry.failures', retry.failures ?? 5, 1, 1000),
    crashes: wholeNumber('retry.crashes', retry.crashes ?? 3, 1, 1000),
    backoff: {
      baseMs: durationMs(retry.base ?? '1s', 'retry.base'),
      maxMs: durationMs(retry.max ?? '5m', 'retry.max'),
      jitter: checkJitter(retry.jitter ?? 'full'),
    },
    keepMs,
    rate: resolveRate(options.rate),
    head: [
      durationMs(options.priorityStep ?? '1m', 'priorityStep', { minMs: 1, maxMs: 86_400_000 }) * 1000,
      channel,
      events,
      `${wholeNumber('deadLetters', options.deadLetters ?? mostKept, 1, 1_000_000)} ${keepDeadMs}`,
      options.groupConcurrency === undefined
        ? 0
        : wholeNumber('groupConcurrency', options.groupConcurrency, 1, 100_000),
      keepMs,
      wholeNumber('results.most', options.results?.most ?? mostKept, 1, 10_000_000),
    ],
    deadlineMs: options.deadlineMs,
  };
}

function resolveRate(rate: RateOptions | undefined): { readonly spacing: number; readonly burst: number } {
  if (rate === undefined) return { spacing: 0, burst: 0 };
  const perMs = durationMs(rate.per, 'rate.per', { minMs: 1, maxMs: 86_400_000 });
  const jobs = wholeNumber('rate.jobs', rate.jobs, 1, perMs * 1000);
  // Rounded up: never faster than what was asked for.
  return {
    spacing: Math.ceil((perMs * 1000) / jobs),
    burst: wholeNumber('rate.burst', rate.burst ?? 1, 1, 1_000_000),
  };
}

/** Resolves a worker's options once; throws `InvalidArgumentError`. */
export function resolveWorker(options: WorkerOptions): ResolvedWorker {
  checkObject('options', options);
  const { onEvent = () => undefined } = options;
  if (typeof onEvent !== 'function') throw new InvalidArgumentError('onEvent', 'must be a function', onEvent);
  return {
    concurrency: wholeNumber('concurrency', options.concurrency ?? 1, 1, 10_000),
    leaseMs: durationMs(options.lease ?? '30s', 'lease', { minMs: 100, maxMs: 86_400_000 }),
    pollMs: durationMs(options.poll ?? '30s', 'poll', { minMs: 100, maxMs: 3_600_000 }),
    onEvent,
  };
}

/** Checks a count. */
export function wholeNumber(argument: string, value: number, least: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw new InvalidArgumentError(argument, `must be a whole number of ${least} to ${most}`, value);
  return value;
}
