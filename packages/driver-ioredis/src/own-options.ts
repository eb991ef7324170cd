import type { NodeClient } from './client-types.js';

/**
 * What every connection of the driver has, whatever the recipe says: RESP2 replies in their plain shape, no queue, nothing
 * written twice, no timer of the client's own, no throwing away of what the server still has to say.
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

function never(): null {
  return null;
}

/** Options for a connection that reconnects until it is closed, in the recipe's own rhythm where that has one. */
export function reconnecting(recipe: NodeClient): object {
  const own = recipe.options.retryStrategy;
  const delayMs = (times: number): number => {
    const chosen = own?.(times);
    return typeof chosen === 'number' ? chosen : Math.min(50 * times, 2000) * (0.5 + Math.random() / 2);
  };
  return { ...always, ...sentinelOptions(recipe), retryStrategy: delayMs, sentinelRetryStrategy: delayMs };
}

/** Options for a connection that is made once and ends for good when it drops. */
export function connectingOnce(recipe: NodeClient): object {
  return {
    ...always,
    ...sentinelOptions(recipe),
    retryStrategy: never,
    sentinelRetryStrategy: never,
    // A lane may be blocked, and a subscriber silent, for as long as they like.
    socketTimeout: undefined,
  };
}

/** Options for the cluster client that finds out who serves what. Its nodes connect only to be asked that. */
export function mapping(redisOptions: object | undefined): object {
  return {
    redisOptions: { ...redisOptions, ...always, stringNumbers: false, retryStrategy: never },
    lazyConnect: true,
    clusterRetryStrategy: never,
    clusterNodeRetryStrategy: null,
    enableReadyCheck: false,
    enableAutoPipelining: false,
    shardedSubscribers: false,
    slotsRefreshInterval: undefined,
    scaleReads: 'master',
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    scripts: undefined,
    himportFieldsets: undefined,
  };
}

function sentinelOptions(recipe: NodeClient): object {
  if (!recipe.options.sentinels) return {};
  return {
    // The client checks the role of the server it was sent to, and hears of a failover before the old primary is gone.
    enableReadyCheck: true,
    failoverDetector: true,
    // A primary that was demoted answers READONLY: reconnecting asks the sentinels who it is now.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  };
}
