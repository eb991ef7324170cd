import { checkObject, InvalidArgumentError, type InvalidationBus, type StandardSchema } from '@penknife/core';
import { defineChannel } from './definition.js';
import { type PubSub, partsOf } from './pub-sub.js';

/** How an invalidation bus is made. */
export interface InvalidationBusOptions {
  /** False: what the same `createPubSub` published is not heard. Default true. */
  readonly echo?: boolean;
}

const names: StandardSchema<readonly string[]> = {
  '~standard': {
    version: 1,
    vendor: 'penknife',
    validate: (value) =>
      Array.isArray(value) && value.every((name) => typeof name === 'string')
        ? { value }
        : { issues: [{ message: 'must be a list of names' }] },
  },
};
const invalidations = defineChannel('invalidation:{bus}', { schema: names });

/**
 * The invalidation bus that a cache is handed: names of stale things, to every process, over one `fire` channel. Best effort:
 * whoever misses something hears a `gap` with its reason and should drop everything it holds. Buses of one name are one bus.
 */
export function createInvalidationBus(
  pubsub: PubSub,
  name: string,
  options: InvalidationBusOptions = {},
): InvalidationBus {
  checkObject('options', options);
  partsOf(pubsub);
  const { echo = true } = options;
  if (typeof echo !== 'boolean') throw new InvalidArgumentError('echo', 'must be a boolean', echo);
  if (typeof name !== 'string' || name.length === 0) {
    throw new InvalidArgumentError('name', 'must be a string that is not empty', name);
  }
  const channel = pubsub.channel(invalidations);
  return {
    async publish(stale) {
      if (!Array.isArray(stale) || stale.some((each) => typeof each !== 'string'))
        throw new InvalidArgumentError('stale', 'must be a list of names', stale);
      if (stale.length > 0) await channel.publish({ bus: name }, stale);
    },
    async subscribe(listener) {
      for (const part of ['invalidated', 'gap'] as const)
        if (typeof listener?.[part] !== 'function')
          throw new InvalidArgumentError(`listener.${part}`, 'must be a function', listener?.[part]);
      const subscription = await channel.subscribe(
        { bus: name },
        {
          message: (stale) => listener.invalidated(stale),
          gap: (gap) => listener.gap(`${gap.reason}: ${gap.detail}`),
        },
        { echo },
      );
      return () => subscription.close();
    },
  };
}
