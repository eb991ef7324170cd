import {
  type CallOptions,
  checkCall,
  checkObject,
  type Duration,
  defaultNamespace,
  durationMs,
  InvalidArgumentError,
} from '@penknife/core';
import type { ChannelMessage } from './event.js';
import type { Since } from './hub/hub.js';
import type { OutboxOptions } from './listener/outbox.js';
import type { ListenerOverflow } from './listener/waiting-line.js';
import { checkPosition } from './position.js';

/** How misses are recovered on `log` channels. */
export interface RecoveryOptions {
  /** How many messages are read at once. Default 500. */
  readonly pageSize?: number;
  /** How many messages one recovery brings back at most; whoever is further behind is told so. Default 10 000. */
  readonly limit?: number;
  /** How many live messages wait while the history is read. Default 1000. */
  readonly bufferLimit?: number;
}

/** How pub/sub is made. */
export interface PubSubOptions {
  /** First part of every channel and key. Default `'pk'`. */
  readonly namespace?: string;
  /** How long a publish may take, and a subscribe until it is live, in ms. Default: the driver's for publishing, none for subscribing. */
  readonly deadlineMs?: number;
  /** How often quiet `log` channels are compared with the server; `false`: never. Default `'30s'`, at least `'2s'`. */
  readonly positionCheck?: Duration | false;
  /** How long nothing may arrive before it is tried whether anything can; `false`: never. Default `'30s'`, at least `'1s'`. */
  readonly probe?: Duration | false;
  readonly recovery?: RecoveryOptions;
}

/** What a publish may say. */
export interface PublishOptions extends CallOptions {
  /** `latest` channels only: the version of the value, above 0; one that is not above the retained one is not published. */
  readonly version?: number;
  /**
   * An id of 1 to 160 bytes: of all publishes with it on one channel, within `onceFor`, the first is published. Such a publish
   * is tried again when its answer is lost.
   */
  readonly once?: string;
}

/** How a listener is served. */
export interface SubscribeOptions<T = unknown, P = unknown> extends CallOptions {
  /** How many events may wait for this listener. Default 1000. */
  readonly queueLimit?: number;
  /** What a full queue does. Every loss is told as a gap in its place. Default `'drop-oldest'`. */
  readonly overflow?: ListenerOverflow;
  /** `latest-per-key` only: what a message is about; of those that wait, only the newest of a key stays. */
  readonly key?: (event: ChannelMessage<T, P>) => string;
  /** False: what this `createPubSub` published itself is left out. Default true. */
  readonly echo?: boolean;
  /** `log` channels only: read on after this position, or from the oldest message kept. Default: from now on. */
  readonly since?: Since;
}

/** Options with everything decided. */
export interface ResolvedOptions {
  readonly namespace: string;
  readonly deadlineMs: number | undefined;
  readonly positionCheckMs: number | undefined;
  readonly probeMs: number | undefined;
  readonly recovery: Required<RecoveryOptions>;
}

/** Subscribe options with everything decided. */
export interface ResolvedSubscribeOptions<T> {
  readonly outbox: OutboxOptions<T>;
  readonly since: Since | undefined;
}

const policies: readonly unknown[] = ['drop-oldest', 'drop-newest', 'latest-per-key', 'close'];

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolveOptions(options: PubSubOptions): ResolvedOptions {
  checkObject('options', options);
  if (options.recovery !== undefined) checkObject('recovery', options.recovery);
  const { namespace = defaultNamespace, deadlineMs, positionCheck = '30s', probe = '30s' } = options;
  const { pageSize = 500, limit = 10_000, bufferLimit = 1000 } = options.recovery ?? {};
  count('recovery.pageSize', pageSize);
  count('recovery.limit', limit);
  count('recovery.bufferLimit', bufferLimit);
  if (deadlineMs !== undefined && !(Number.isFinite(deadlineMs) && deadlineMs > 0)) {
    throw new InvalidArgumentError('deadlineMs', 'must be a finite number above 0', deadlineMs);
  }
  return {
    namespace,
    deadlineMs,
    positionCheckMs:
      positionCheck === false ? undefined : durationMs(positionCheck, 'positionCheck', { minMs: 2000 }),
    probeMs: probe === false ? undefined : durationMs(probe, 'probe', { minMs: 1000 }),
    recovery: { pageSize, limit, bufferLimit },
  };
}

/** Resolves what one subscription says. */
export function resolveSubscribeOptions<T, P>(
  options: SubscribeOptions<T, P>,
  kind: { readonly log: boolean },
): ResolvedSubscribeOptions<T> {
  checkCall(options);
  const { queueLimit = 1000, overflow = 'drop-oldest', key, echo = true, since } = options;
  count('queueLimit', queueLimit);
  if (!policies.includes(overflow)) {
    throw new InvalidArgumentError('overflow', `must be one of ${policies.join(', ')}`, overflow);
  }
  if (overflow === 'latest-per-key' && typeof key !== 'function') {
    throw new InvalidArgumentError('key', "must be a function, for the overflow 'latest-per-key'", key);
  }
  if (overflow !== 'latest-per-key' && key !== undefined) {
    throw new InvalidArgumentError('key', "is for the overflow 'latest-per-key' only", key);
  }
  if (typeof echo !== 'boolean') throw new InvalidArgumentError('echo', 'must be a boolean', echo);
  if (since !== undefined && !kind.log) {
    throw new InvalidArgumentError('since', "is for single channels with the delivery 'log' only", since);
  }
  return {
    outbox: { queueLimit, overflow, key: key as OutboxOptions<T>['key'], echo },
    since: since === undefined || since === 'oldest' ? since : checkPosition('since', since),
  };
}

/** A version that a caller gives, checked. */
export function checkVersion(version: number | undefined, isLatest: boolean): number | undefined {
  if (version === undefined) return undefined;
  if (!isLatest) throw new InvalidArgumentError('version', "is for the delivery 'latest' only", version);
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new InvalidArgumentError('version', 'must be a whole number of 1 to 2^53 - 1', version);
  }
  return version;
}

/** An id that a caller gives, checked. */
export function checkOnce(once: string | undefined, isLatest: boolean): string | undefined {
  if (once === undefined) return undefined;
  if (isLatest)
    throw new InvalidArgumentError('once', "is not for the delivery 'latest': give a version", once);
  if (typeof once !== 'string' || once.length === 0 || Buffer.byteLength(once) > 160) {
    throw new InvalidArgumentError('once', 'must be a string of 1 to 160 bytes', once);
  }
  return once;
}

function count(argument: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError(argument, 'must be a whole number of at least 1', value);
  }
}
