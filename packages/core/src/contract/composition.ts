/**
 * Something that takes events of a pattern and hands them on: to a pub/sub channel, to a stream, to a log. Patterns are composed by
 * passing such values.
 */
export interface EventSink<E = unknown> {
  /** Hands over one event. Resolves when the sink has taken responsibility for it. */
  emit(event: E, options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** Carries "these keys are stale" between processes. Delivery is best effort; `gap` tells when something may be missing. */
export interface InvalidationBus {
  publish(names: readonly string[]): Promise<void>;
  /** Resolves, once the subscription is live, to a function that ends it. */
  subscribe(listener: {
    invalidated(names: readonly string[]): void;
    gap(reason: string): void;
  }): Promise<() => Promise<void>>;
}

/** An ordered log that survives: append, and read on from a position. */
export interface DurableLog<E = unknown> {
  /** Resolves to the entry's position. */
  append(event: E): Promise<string>;
  /** Entries after `position`, oldest first, at most `limit`; `truncated` when entries after `position` are already gone. */
  readAfter(
    position: string,
    limit: number,
  ): Promise<{
    readonly entries: readonly { readonly position: string; readonly event: E }[];
    readonly truncated: boolean;
  }>;
}
