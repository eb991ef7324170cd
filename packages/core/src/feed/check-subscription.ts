import type { FeedKind } from '../contract/feed.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

const kinds: ReadonlySet<unknown> = new Set<FeedKind>(['channel', 'pattern', 'shard']);

/** Checks what is to be subscribed to, for those whom no types tell. Throws `InvalidArgumentError`. */
export function checkSubscription(kind: FeedKind, name: string): void {
  if (!kinds.has(kind))
    throw new InvalidArgumentError('kind', "must be 'channel', 'pattern' or 'shard'", kind);
  if (typeof name !== 'string' || name.length === 0)
    throw new InvalidArgumentError('name', 'must be a string that is not empty', name);
}
