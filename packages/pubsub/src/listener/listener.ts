import { InvalidArgumentError, reportListenerError } from '@penknife/core';
import type { ChannelEvent, ChannelMessage, Gap } from '../event.js';
import type { Consumer } from './outbox.js';

/**
 * Hears messages, one at a time. A returned promise holds back the next one, which waits in this listener's own queue. What
 * it throws or rejects with is reported (`penknife:listener.error`) and harms nobody.
 */
export type MessageListener<T, P> = (message: T, event: ChannelMessage<T, P>) => void | Promise<void>;

/** A listener with ears for more than messages. */
export interface Listener<T, P> {
  readonly message: MessageListener<T, P>;
  /** Messages may be missing, or were recovered; in order with the messages. */
  readonly gap?: (gap: Gap) => void | Promise<void>;
  /** The subscription ended by itself, with its error. Not called after `close()` or an abort. */
  readonly ended?: (error: unknown) => void;
}

/** Makes a consumer of a listener. */
export function listenerConsumer<T, P>(listener: MessageListener<T, P> | Listener<T, P>): Consumer<T> {
  const parts: Listener<T, P> = typeof listener === 'function' ? { message: listener } : listener;
  for (const [name, part] of [
    ['listener', parts?.message],
    ['listener.gap', parts?.gap ?? noGap],
    ['listener.ended', parts?.ended ?? noGap],
  ] as const) {
    if (typeof part !== 'function') throw new InvalidArgumentError(name, 'must be a function', part);
  }
  return {
    take(event: ChannelEvent<T>) {
      if (event.type === 'message') return parts.message(event.message, event as ChannelMessage<T, P>);
      return parts.gap?.(event);
    },
    ended(error) {
      try {
        parts.ended?.(error);
      } catch (thrown) {
        reportListenerError(thrown);
      }
    },
  };
}

function noGap(): void {}
