import type { Driver } from '@penknife/core';
import { createPubSub } from '@penknife/pubsub';
import { Redis } from 'ioredis';
import type { Contestant } from '../../case.js';
import { payload } from './exchange.js';
import { log, nextRoom } from './penknife.js';

/** Publishing on a `log` channel that nobody listens to here: an operation is one publish, stored and acknowledged. */
export function logPublishing(name: string, makeDriver: () => Driver): Contestant {
  const room = { id: nextRoom() };
  const driver = makeDriver();
  const channel = createPubSub(driver).channel(log);
  return {
    name,
    guarantees: 'stored, numbered and published in one act',
    run: () => channel.publish(room, payload),
    close: () => driver.close(),
  };
}

/** What one would write by hand: the same stream and the same message, in two commands. */
export function storedByHand(url: string): Contestant {
  const client = new Redis(url);
  return {
    name: 'ioredis itself, XADD and PUBLISH',
    guarantees: 'stored and published apart: out of order, or one without the other',
    async run() {
      const text = JSON.stringify(payload);
      await Promise.all([
        client.xadd('by-hand', 'MAXLEN', '=', 20_000, '*', 'm', text),
        client.publish('by-hand', text),
      ]);
    },
    async close() {
      client.disconnect();
    },
  };
}
