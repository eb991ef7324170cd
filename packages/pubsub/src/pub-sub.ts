import { ClosedError, checkDriver, type Driver, InvalidArgumentError } from '@penknife/core';
import type { Channel, ChannelStats } from './channel.js';
import { createChannel, type OwnedChannel } from './create-channel.js';
import type { ChannelDefinition, Delivery } from './definition.js';
import { createOrigin } from './frame/origin.js';
import type { Health } from './hub/liveness.js';
import { PositionCheck } from './hub/position-check.js';
import { Probes } from './hub/probes.js';
import { serverNames } from './keys.js';
import { type PubSubOptions, resolveOptions } from './options.js';
import type { SharedParts } from './shared-parts.js';
import { createState } from './state/create-state.js';
import type { State } from './state/state.js';
import type { StateDefinition } from './state/state-definition.js';

/** Pub/sub of one process: channels are opened from it, and end with it. */
export interface PubSub {
  /** Marks what is published here, 12 characters; `own` and `echo` go by it. */
  readonly origin: string;
  /** The channels of a definition. The same definition gives the same handle. */
  channel<T extends string, In, Out, D extends Delivery>(
    definition: ChannelDefinition<T, In, Out, D>,
  ): Channel<T, In, Out, D>;
  /** The states of a definition. The same definition gives the same handle. */
  state<T extends string, In, Out>(definition: StateDefinition<T, In, Out>): State<T, In, Out>;
  /** What is going on here, by definition: counts, listeners, positions, last gaps. */
  stats(): readonly ChannelStats[];
  /** Whether what is published arrives here. */
  health(): Health;
  /** Ends all subscriptions; resolves when the server has acknowledged. Publishing and subscribing reject from then on. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const parts = new WeakMap<PubSub, SharedParts>();

/** What a `createPubSub` is made of, for what is built on it. Throws `InvalidArgumentError` for anything else. */
export function partsOf(pubsub: PubSub): SharedParts {
  const found = parts.get(pubsub);
  if (found === undefined) {
    throw new InvalidArgumentError('pubsub', 'must be what createPubSub gave', pubsub);
  }
  return found;
}

/**
 * Makes pub/sub on a driver. Nothing connects before the first publish or subscribe; all subscriptions of a driver share one
 * connection.
 *
 * ```ts
 * const pubsub = createPubSub(driver);
 * const messages = pubsub.channel(roomMessage);
 * await messages.subscribe({ room: '7' }, { message: show, gap: (gap) => gap.recovered || reload() });
 * await messages.publish({ room: '7' }, { from: 'ada', text: 'hello' });
 * ```
 */
export function createPubSub(driver: Driver, options: PubSubOptions = {}): PubSub {
  checkDriver(driver);
  const resolved = resolveOptions(options);
  const names = serverNames(resolved.namespace);
  const { positionCheckMs, probeMs } = resolved;
  const origin = createOrigin(driver.random);
  const opened = new Map<object, OwnedChannel>();
  const states = new Map<object, State<string, never, unknown>>();
  let closed: Promise<void> | undefined;
  const shared: SharedParts = {
    driver,
    names,
    origin,
    options: resolved,
    positionCheck: positionCheckMs === undefined ? undefined : new PositionCheck(driver, positionCheckMs),
    probes:
      probeMs === undefined
        ? undefined
        : new Probes({ driver, names, origin: origin.name, intervalMs: probeMs }),
    refuseClosed() {
      if (closed !== undefined) throw new ClosedError('pub/sub');
    },
  };

  async function close(): Promise<void> {
    await Promise.all([...opened.values()].map((channel) => channel.close()));
    shared.positionCheck?.close();
  }

  const pubsub: PubSub = {
    origin: origin.name,
    channel<T extends string, In, Out, D extends Delivery>(definition: ChannelDefinition<T, In, Out, D>) {
      let channel = opened.get(definition);
      if (channel === undefined) {
        checkDefinition(definition, 'defineChannel');
        channel = createChannel(definition, shared);
        opened.set(definition, channel);
      }
      return channel as unknown as Channel<T, In, Out, D>;
    },
    state<T extends string, In, Out>(definition: StateDefinition<T, In, Out>) {
      let state = states.get(definition);
      if (state === undefined) {
        checkDefinition(definition?.changes, 'defineState');
        const changes = pubsub.channel(definition.changes) as unknown as Parameters<typeof createState>[2];
        state = createState(definition, shared, changes);
        states.set(definition, state);
      }
      return state as unknown as State<T, In, Out>;
    },
    stats: () => [...opened.values()].map((channel) => channel.stats()),
    health: () => shared.probes?.health ?? { probeMs: undefined, renewals: 0 },
    close() {
      closed ??= close();
      return closed;
    },
    [Symbol.asyncDispose]: () => pubsub.close(),
  };
  parts.set(pubsub, shared);
  return pubsub;
}

function checkDefinition(
  definition: { readonly template?: { readonly text?: unknown } } | undefined,
  maker: string,
): void {
  if (typeof definition?.template?.text !== 'string')
    throw new InvalidArgumentError('definition', `must be what ${maker} gave`, definition);
}
