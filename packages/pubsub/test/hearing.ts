import type { ChannelEvent, ChannelMessage, Gap } from '../src/index.js';

/** What `until` needs of a matrix context. */
interface Waiting {
  advance(ms: number): Promise<void>;
}

/** Waits, on the context's clock and at most three seconds unless more turns are given, until something holds. */
export async function until(
  context: Waiting,
  what: string,
  holds: () => boolean,
  turns = 300,
): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    if (holds()) return;
    await context.advance(turn < 20 ? 1 : 10);
  }
  throw new Error(`never happened: ${what}`);
}

/** A listener that keeps what it hears. */
export interface Hearing<T> {
  readonly message: (message: T, event: ChannelMessage<T>) => void;
  readonly gap: (gap: Gap) => void;
  readonly events: ChannelEvent<T>[];
  /** The messages alone. */
  readonly messages: T[];
  readonly gaps: Gap[];
}

/** Makes one. */
export function hearing<T = unknown>(): Hearing<T> {
  const events: ChannelEvent<T>[] = [];
  const messages: T[] = [];
  const gaps: Gap[] = [];
  return {
    events,
    messages,
    gaps,
    message(message, event) {
      messages.push(message);
      events.push(event);
    },
    gap(gap) {
      gaps.push(gap);
      events.push(gap);
    },
  };
}
