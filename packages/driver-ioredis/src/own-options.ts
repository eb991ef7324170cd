import type { ConnectionPurpose } from '@penknife/core/driver-kit';
import type { NodeClientOptions } from './client-types.js';

/**
 * What every connection of the driver has, whatever the recipe says: made once, RESP2 replies in their plain shape, no queue,
 * nothing written twice, no timer of the client's own, no throwing away of what the server still has to say.
 */
const always = {
  protocol: 2,
  replyMapping: 'legacy',
  // ioredis 6.0 decodes large integers inexactly; as text they are exact, and become numbers in reply-shape.ts.
  stringNumbers: true,
  lazyConnect: true,
  enableOfflineQueue: false,
  // With 0 the client rejects everything in flight when the connection drops; any other value keeps some of it for later.
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  reconnectOnError: null,
  retryStrategy: never,
  sentinelRetryStrategy: never,
  enableAutoPipelining: false,
  commandTimeout: undefined,
  blockingTimeout: undefined,
  // What is closed is closed at once, also when the server no longer answers.
  disconnectTimeout: 0,
  keyPrefix: '',
  readOnly: false,
  monitor: false,
  scripts: undefined,
  himportFieldsets: undefined,
  showFriendlyErrorStack: false,
};

/** The client checks the role of the server it was sent to, and hears of a failover before the old primary is gone. */
const watched = { enableReadyCheck: true, failoverDetector: true };

function never(): null {
  return null;
}

/** The options of one connection, beside those of the client it is a duplicate of. */
export function ownOptions(purpose: ConnectionPurpose, { sentinels }: NodeClientOptions): object {
  return {
    ...always,
    ...(sentinels && watched),
    // A lane may be blocked, and a subscriber silent, for as long as they like.
    ...(purpose !== 'shared' && { socketTimeout: undefined }),
  };
}

/** Options for the cluster client that is only asked for the nodes it starts with. */
export function seedOptions(redisOptions: object | undefined): object {
  return {
    redisOptions: { ...redisOptions, ...always },
    lazyConnect: true,
    clusterRetryStrategy: never,
    enableReadyCheck: false,
    enableAutoPipelining: false,
    shardedSubscribers: false,
    slotsRefreshInterval: undefined,
    scripts: undefined,
    himportFieldsets: undefined,
  };
}

/** That of ioredis. */
const defaultConnectTimeoutMs = 10_000;

/** The client's own bound for connecting. */
export function connectTimeoutOf(options: NodeClientOptions | undefined): number {
  return options?.connectTimeout ?? defaultConnectTimeoutMs;
}

/** The owner's rhythm of reconnecting; undefined where there is none, or where it gives up, which a driver does not. */
export function reconnectMs(options: NodeClientOptions | undefined, attempt: number): number | undefined {
  const chosen = options?.retryStrategy?.(attempt);
  return typeof chosen === 'number' ? chosen : undefined;
}
