import {
  type BackoffOptions,
  type Codec,
  type Duration,
  defaultNamespace,
  durationMs,
  InvalidArgumentError,
  jsonCodec,
  type StandardSchema,
} from '@penknife/core';
import { keysOf, queueKeys, wakeChannel } from './keys.js';

/** When a job is tried again, and when no more. Every process that works on a queue should say the same. */
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

/** How a queue is made. */
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
  /** First part of every key. Default `'pk'`. */
  readonly namespace?: string;
  /** How long a call may take, in ms. Default: the driver's. */
  readonly deadlineMs?: number;
}

/** Options with everything decided. */
export interface ResolvedQueue<T> {
  readonly name: string;
  readonly keys: readonly string[];
  readonly channel: string;
  readonly schema: StandardSchema<unknown, T> | undefined;
  readonly codec: Codec<T>;
  readonly failures: number;
  readonly crashes: number;
  readonly backoff: BackoffOptions;
  readonly headStartMicros: number;
  readonly deadLetters: number;
  readonly deadlineMs: number | undefined;
}

/** How a worker works. */
export interface WorkerOptions {
  /** Handlers that run at once: 1 to 10 000. Default 1. */
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
  | { readonly kind: 'lost'; readonly id: string }
  | { readonly kind: 'error'; readonly error: unknown };

/** Options of a worker with everything decided. */
export interface ResolvedWorker {
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly onEvent: (event: WorkerEvent) => void;
}

const nameRule = /^[A-Za-z0-9_.-]{1,64}$/;

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolveQueue<T>(name: string, options: QueueOptions<T>): ResolvedQueue<T> {
  if (typeof name !== 'string' || !nameRule.test(name))
    throw new InvalidArgumentError('name', 'must be 1 to 64 letters, digits, `_`, `.` or `-`', name);
  const { retry = {} } = options;
  const builders = queueKeys.in(options.namespace ?? defaultNamespace);
  return {
    name,
    keys: keysOf(builders, name),
    channel: wakeChannel(builders, name),
    schema: options.schema,
    codec: options.codec ?? (jsonCodec as Codec<T>),
    failures: wholeNumber('retry.failures', retry.failures ?? 5, 1, 1000),
    crashes: wholeNumber('retry.crashes', retry.crashes ?? 3, 1, 1000),
    backoff: {
      baseMs: durationMs(retry.base ?? '1s', 'retry.base'),
      maxMs: durationMs(retry.max ?? '5m', 'retry.max'),
      jitter: retry.jitter ?? 'full',
    },
    headStartMicros:
      durationMs(options.priorityStep ?? '1m', 'priorityStep', { minMs: 1, maxMs: 86_400_000 }) * 1000,
    deadLetters: wholeNumber('deadLetters', options.deadLetters ?? 10_000, 1, 1_000_000),
    deadlineMs: options.deadlineMs,
  };
}

/** Resolves a worker's options once; throws `InvalidArgumentError`. */
export function resolveWorker(options: WorkerOptions): ResolvedWorker {
  return {
    concurrency: wholeNumber('concurrency', options.concurrency ?? 1, 1, 10_000),
    leaseMs: durationMs(options.lease ?? '30s', 'lease', { minMs: 100, maxMs: 86_400_000 }),
    pollMs: durationMs(options.poll ?? '30s', 'poll', { minMs: 100, maxMs: 3_600_000 }),
    onEvent: options.onEvent ?? (() => undefined),
  };
}

/** Checks a count. */
export function wholeNumber(argument: string, value: number, least: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw new InvalidArgumentError(argument, `must be a whole number of ${least} to ${most}`, value);
  return value;
}
