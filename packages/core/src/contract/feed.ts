/** What kind of subscription: a channel (SUBSCRIBE), a pattern (PSUBSCRIBE), or a shard channel (SSUBSCRIBE). */
export type FeedKind = 'channel' | 'pattern' | 'shard';

/** Where a feed delivers. Called synchronously in order of arrival; what it throws or rejects with is traced, never spread. */
export interface FeedSink {
  /** A message. For a pattern subscription `pattern` names the pattern that matched. */
  message(kind: FeedKind, channel: string, payload: Uint8Array, pattern?: string): void;
  /**
   * After a re-subscribe was acknowledged: messages since the cut may be missing on these names (or on all). Also when a
   * re-subscribe is refused for good: then nothing arrives on these names until they are subscribed again.
   */
  gap(scope: 'all' | readonly string[], reason: string): void;
  /** CLIENT TRACKING said these keys changed; null: everything may have. */
  invalidated(keys: readonly Uint8Array[] | null): void;
}

/**
 * One connection for subscriptions (a cluster's may be several inside). It re-subscribes by itself after a cut and
 * then reports a gap. Each call resolves after the server's acknowledgement, and waits for it as long as the driver's
 * own `deadlineMs`: then it rejects with a `ConnectionError` and the subscription that never was is withdrawn.
 */
export interface Feed {
  subscribe(kind: FeedKind, name: string): Promise<void>;
  /** Rejects with a `ConnectionError` when no acknowledgement came in time; nothing is delivered on it all the same. */
  unsubscribe(kind: FeedKind, name: string): Promise<void>;
  /**
   * Drops the connections and opens new ones, for whoever knows better (a heartbeat that did not come) that they are dead
   * while they look alive. Each subscription that was live hears a gap with this reason once it is acknowledged anew.
   */
  renew(reason: string): void;
  /** Closes the connection; no call of the sink follows. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
