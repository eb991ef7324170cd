import { type Driver, rawReply } from '@penknife/core';
import { type ChannelDefinition, createPubSub, defineChannel } from '@penknife/pubsub';
import type { Contestant } from '../../case.js';
import { exchange, payload } from './exchange.js';

/** Plain pub/sub. */
export const fire: ChannelDefinition<'bench:{id}', unknown, unknown, 'fire'> = defineChannel('bench:{id}');
/** With a history that holds what a case leaves behind. */
export const log: ChannelDefinition<'bench:{id}:log', unknown, unknown, 'log'> = defineChannel(
  'bench:{id}:log',
  {
    delivery: 'log',
    history: { size: 20_000 },
  },
);
let rooms = 0;
/** A channel of its own for each contestant: those of one server must not hear each other. Short, as those of the others are. */
export const nextRoom = (): string => String(++rooms);
/** Deliveries that wait for one listener: more than are ever under way. */
const queueLimit = 100_000;

/** `fire` channels over a driver. */
export function fireContestant(name: string, makeDriver: () => Driver): Promise<Contestant> {
  return exchange(name, 'typed, gaps announced, bounded listeners', async (delivered) => {
    const params = { id: nextRoom() };
    const [here, there] = [makeDriver(), makeDriver()];
    const [publisher, subscriber] = [createPubSub(here), createPubSub(there)];
    await subscriber.channel(fire).subscribe(params, () => delivered(), { queueLimit });
    const channel = publisher.channel(fire);
    return {
      publish: () => channel.publish(params, payload),
      close: () => Promise.all([here.close(), there.close()]),
    };
  });
}

/** `log` channels over a driver. */
export function logContestant(name: string, makeDriver: () => Driver): Promise<Contestant> {
  return exchange(name, 'stored, ordered, recovered after a cut', async (delivered) => {
    const params = { id: nextRoom() };
    const [here, there] = [makeDriver(), makeDriver()];
    const [publisher, subscriber] = [createPubSub(here), createPubSub(there)];
    await subscriber.channel(log).subscribe(params, () => delivered(), { queueLimit });
    const channel = publisher.channel(log);
    return {
      publish: () => channel.publish(params, payload),
      close: () => Promise.all([here.close(), there.close()]),
    };
  });
}

/** The same driver without this package: PUBLISH, and JSON at both ends. */
export function driverContestant(name: string, makeDriver: () => Driver): Promise<Contestant> {
  return exchange(name, 'gaps announced', async (delivered) => {
    const [here, there] = [makeDriver(), makeDriver()];
    const feed = await there.openFeed({
      message(_kind, _channel, body) {
        JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
        delivered();
      },
      gap: () => undefined,
      invalidated: () => undefined,
    });
    await feed.subscribe('channel', 'raw-driver');
    return {
      publish: () =>
        here.send({
          args: ['PUBLISH', 'raw-driver', JSON.stringify(payload)],
          key: 'raw-driver',
          read: rawReply,
        }),
      close: () => Promise.all([here.close(), there.close()]),
    };
  });
}
