import type { Counters } from '../counters.js';
import type { AnyDefinition } from '../definition.js';
import type { Arrival, Decoder } from '../frame/decoder.js';
import { placesOf } from '../places.js';
import type { SharedParts } from '../shared-parts.js';
import { type AnyParameters, fillTemplate, parametersOf } from '../template/template.js';
import { createFireHub } from './fire-hub.js';
import type { Hub } from './hub.js';
import { LatestHub } from './latest-hub.js';
import { LogHub } from './log-hub.js';
import { createLogReader } from './log-reader.js';

/** What hubs of one definition are made of. */
export interface HubsParts extends Omit<SharedParts, 'origin' | 'probes' | 'refuseClosed'> {
  readonly definition: AnyDefinition;
  readonly counters: Counters;
  readonly decode: Decoder<unknown>;
}

/** Makes hubs. */
export interface Hubs {
  /** For one channel, by its delivery. */
  channel(name: string, params: AnyParameters): Hub<unknown>;
  /** For all channels that a glob matches. */
  pattern(): Hub<unknown>;
}

/** Chooses the hub that keeps a definition's promise. */
export function createHubs(parts: HubsParts): Hubs {
  const { driver, definition, names, options, positionCheck, counters, decode } = parts;
  const { template: parsed, delivery } = definition;
  const template = parsed.text;
  const places = placesOf(names, definition);

  function logHub(channel: string, params: AnyParameters): Hub<unknown> {
    const segments = fillTemplate(parsed, params);
    const keys = {
      head: places.key('head', channel, segments),
      history: places.key('history', channel, segments),
    };
    const { pageSize, limit, bufferLimit } = options.recovery;
    const hub = new LogHub<unknown>({
      driver,
      template,
      channel,
      params,
      headKey: keys.head,
      counters,
      decode,
      reader: () => createLogReader({ driver, keys, channel, params, decode, pageSize }),
      limit,
      lifeMs: Math.min(definition.history.ttlMs, definition.history.positionTtlMs),
      bufferLimit,
      closed: () => positionCheck?.remove(hub),
    });
    positionCheck?.add(hub, keys.head);
    return hub;
  }

  return {
    channel(channel, given) {
      const params = { ...given };
      if (delivery === 'log') return logHub(channel, params);
      if (delivery === 'latest') {
        const latestKey = places.key('latest', channel, fillTemplate(parsed, params));
        return new LatestHub({ driver, template, channel, params, latestKey, counters, decode });
      }
      const arrival: Arrival = { channel, params, source: 'live' };
      return createFireHub({ template, counters, decode, arrivalOn: () => arrival });
    },
    pattern: () =>
      createFireHub({
        template,
        counters,
        decode,
        arrivalOn(serverChannel) {
          const channel = names.nameOf(serverChannel);
          const params = channel === undefined ? undefined : parametersOf(parsed, channel);
          return channel === undefined || params === undefined
            ? undefined
            : { channel, params, source: 'live' };
        },
      }),
  };
}
