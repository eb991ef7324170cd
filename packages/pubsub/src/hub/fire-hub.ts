import type { Counters } from '../counters.js';
import { openGap } from '../event.js';
import type { Arrival, Decoder } from '../frame/decoder.js';
import type { Outbox } from '../listener/outbox.js';
import { FanOut } from './fan-out.js';
import type { Hub } from './hub.js';

/** What a live hub is made of. */
export interface FireHubParts<T> {
  readonly template: string;
  readonly counters: Counters;
  readonly decode: Decoder<T>;
  /** What a server channel is here; undefined for one that the glob took in by accident. */
  arrivalOn(serverChannel: string): Arrival | undefined;
}

/** Passes messages on as they come, and says when some may have been missed. For `fire` channels, and for all patterns. */
export function createFireHub<T>(parts: FireHubParts<T>): Hub<T> {
  const fanOut = new FanOut<T>(parts.template, parts.counters);
  return {
    received(payload, serverChannel) {
      const arrival = parts.arrivalOn(serverChannel);
      if (arrival === undefined) return;
      const event = parts.decode(payload, arrival)?.event;
      if (event !== undefined) fanOut.message(event);
    },
    interrupted(detail) {
      fanOut.gap(openGap('interrupted', 'no-history', detail));
    },
    start: async () => undefined,
    async join(outbox: Outbox<T>) {
      fanOut.add(outbox);
    },
    leave: (outbox) => fanOut.remove(outbox),
    close: () => undefined,
    get size() {
      return fanOut.size;
    },
    position: undefined,
    get lastGap() {
      return fanOut.lastGap;
    },
  };
}
