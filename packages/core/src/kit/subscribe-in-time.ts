import type { Clock } from '../contract/clock.js';
import type { FeedKind } from '../contract/feed.js';
import { waitWithin } from '../time/wait-within.js';

/** What is needed to bound the calls of a feed. */
export interface InTimeParts {
  readonly clock: Clock;
  readonly deadlineMs: number;
  /** Why there was no acknowledgement in time. */
  late(kind: FeedKind, name: string): Error;
  /** Takes back a subscription that nobody waits for any more and nobody has. Never rejects. */
  withdraw(kind: FeedKind, name: string): void;
}

/** How it stands with one name. */
interface Standing {
  /** Calls that wait for the acknowledgement. */
  pending: number;
  /** Somebody was told that it is live: no later call's impatience ends it. */
  held: boolean;
}

/**
 * Bounds how long calls of a feed wait for the server's acknowledgement. A subscription that was given up by everybody who
 * asked for it is withdrawn, so that it never comes alive behind their backs.
 */
export class SubscribeInTime {
  readonly #parts: InTimeParts;
  readonly #standing = new Map<string, Standing>();

  constructor(parts: InTimeParts) {
    this.#parts = parts;
  }

  async subscribe(kind: FeedKind, name: string, act: () => Promise<void>): Promise<void> {
    const id = `${kind} ${name}`;
    const standing = this.#standing.get(id) ?? { pending: 0, held: false };
    this.#standing.set(id, standing);
    standing.pending++;
    let late = false;
    try {
      await this.#within(act(), () => {
        late = true;
        return this.#parts.late(kind, name);
      });
      standing.held = true;
    } finally {
      standing.pending--;
      if (standing.pending === 0 && !standing.held && this.#standing.get(id) === standing) {
        this.#standing.delete(id);
        if (late) this.#parts.withdraw(kind, name);
      }
    }
  }

  async unsubscribe(kind: FeedKind, name: string, act: () => Promise<void>): Promise<void> {
    this.#standing.delete(`${kind} ${name}`);
    await this.#within(act(), () => this.#parts.late(kind, name));
  }

  #within(call: Promise<void>, late: () => Error): Promise<void> {
    return waitWithin(this.#parts.clock, call, { deadlineMs: this.#parts.deadlineMs }, 'maybe', late);
  }
}
