import {
  ClosedError,
  checkObject,
  type Duration,
  durationMs,
  InvalidArgumentError,
  type Timer,
} from '@penknife/core';
import type { Channel } from './channel.js';
import type { Delivery } from './definition.js';
import { validateNow } from './frame/validate-now.js';
import { type PubSub, partsOf } from './pub-sub.js';
import type { Receipt } from './receipt.js';
import { type AnyParameters, channelOf } from './template/template.js';
import type { ParametersOf } from './template/template-types.js';

/** How publishes are coalesced. */
export interface CoalesceOptions {
  /** For how long after a publish those of the same channel wait. Default `'100ms'`. */
  readonly window?: Duration;
  /** For how many channels at once; beyond them publishes go out one by one. Default 10 000. */
  readonly limit?: number;
}

/** Publishes only the newest of what comes quickly. */
export interface CoalescedPublisher<T extends string, In, D extends Delivery> {
  /**
   * Publishes at once when the channel has been quiet; otherwise at the end of its window, unless something newer comes. Those
   * that were replaced have the outcome of the one that went out in their place.
   */
  publish(params: ParametersOf<T>, message: In): Promise<Receipt<D>>;
  /** Publishes at once whatever waits. */
  flush(): Promise<void>;
  /** As `flush`; publishing rejects from then on. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Waiting<T extends string, In, D extends Delivery> {
  readonly params: ParametersOf<T>;
  message: In;
  readonly outcome: Promise<Receipt<D>>;
  resolve(receipt: Promise<Receipt<D>>): void;
}

interface Window<T extends string, In, D extends Delivery> {
  timer: Timer;
  waiting: Waiting<T, In, D> | undefined;
}

/**
 * Coalesces the publishes of this process, channel by channel, for what only the newest of matters: cursors, progress, prices.
 * A channel gets at most one message a window, the first at once, and always the last one. Close it before the pub/sub.
 *
 * ```ts
 * const cursors = createCoalescedPublisher(pubsub, pubsub.channel(cursor), { window: '50ms' });
 * onMove((x, y) => cursors.publish({ user }, { x, y }));
 * ```
 */
export function createCoalescedPublisher<T extends string, In, Out, D extends Delivery>(
  pubsub: PubSub,
  channel: Channel<T, In, Out, D>,
  options: CoalesceOptions = {},
): CoalescedPublisher<T, In, D> {
  checkObject('options', options);
  if (typeof channel?.publish !== 'function')
    throw new InvalidArgumentError('channel', 'must be what pubsub.channel gave', channel);
  const windowMs = durationMs(options.window ?? '100ms', 'window', { minMs: 1 });
  const { limit = 10_000 } = options;
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new InvalidArgumentError('limit', 'must be a whole number of at least 1', limit);
  }
  const { clock } = partsOf(pubsub).driver;
  const windows = new Map<string, Window<T, In, D>>();
  let closed: Promise<void> | undefined;

  /** Publishes what waits and begins the next window; without anything that waits, the channel is quiet again. */
  function over(name: string): Promise<unknown> | undefined {
    const window = windows.get(name);
    const waiting = window?.waiting;
    if (window === undefined || waiting === undefined) {
      windows.delete(name);
      return undefined;
    }
    window.waiting = undefined;
    window.timer = clock.timer(windowMs, () => void over(name));
    const sent = channel.publish(waiting.params, waiting.message);
    waiting.resolve(sent);
    return sent;
  }

  async function flush(): Promise<void> {
    const sent = [...windows].map(([name, { timer }]) => {
      timer.cancel();
      return over(name);
    });
    // Whoever published has the outcome.
    await Promise.allSettled(sent);
  }

  async function close(): Promise<void> {
    await flush();
    for (const { timer } of windows.values()) timer.cancel();
    windows.clear();
  }

  const publisher: CoalescedPublisher<T, In, D> = {
    async publish(params, message) {
      if (closed !== undefined) throw new ClosedError('coalesced publisher', 'no');
      const name = channelOf(channel.definition.template, params as AnyParameters);
      const window = windows.get(name);
      if (window === undefined) {
        if (windows.size < limit) {
          windows.set(name, { timer: clock.timer(windowMs, () => void over(name)), waiting: undefined });
        }
        return channel.publish(params, message);
      }
      // One that would be refused must not take the place of one that waits.
      const { schema, codec, template } = channel.definition;
      if (schema !== undefined) validateNow(schema, message, `a message for ${template.text}`);
      codec.encode(message as never);
      window.waiting ??= waitFor(params, message);
      window.waiting.message = message;
      return window.waiting.outcome;
    },
    flush,
    close() {
      closed ??= close();
      return closed;
    },
    [Symbol.asyncDispose]: () => publisher.close(),
  };
  return publisher;
}

function waitFor<T extends string, In, D extends Delivery>(
  params: ParametersOf<T>,
  message: In,
): Waiting<T, In, D> {
  let resolve: Waiting<T, In, D>['resolve'] = () => undefined;
  const outcome = new Promise<Receipt<D>>((settle) => {
    resolve = settle;
  });
  return { params, message, outcome, resolve };
}
