import type { Driver } from '@penknife/core';
import { createPubSub } from '@penknife/pubsub';
import { withClient } from '@penknife/redis-servers';
import type { BenchServer } from '../../bench-server.js';
import type { Contestant } from '../../case.js';
import { payload } from './exchange.js';
import { fire, log, nextRoom } from './penknife.js';

const listeners = 1000;
/** So many publishes at once that deliveries are what takes the time, not the way to the server. */
const publishes = 100;
const missed = 10_000;
const channels = 10_000;

/** Publishes to a thousand listeners of one process; an operation is a delivery. */
export async function fanOut(name: string, makeDriver: () => Driver): Promise<Contestant> {
  const room = nextRoom();
  const driver = makeDriver();
  const channel = createPubSub(driver).channel(fire);
  let left = 0;
  let all: () => void = () => undefined;
  for (let i = 0; i < listeners; i++) {
    await channel.subscribe({ id: room }, () => {
      if (--left === 0) all();
    });
  }
  return {
    name,
    guarantees: 'a bounded queue for each listener',
    operations: listeners * publishes,
    async run() {
      left = listeners * publishes;
      const delivered = new Promise<void>((resolve) => {
        all = resolve;
      });
      const sent = Array.from({ length: publishes }, () => channel.publish({ id: room }, payload));
      await Promise.all([...sent, delivered]);
    },
    close: () => driver.close(),
  };
}

/** Resuming ten thousand messages behind; an operation is all of them. */
export async function recovery(name: string, makeDriver: () => Driver): Promise<Contestant> {
  const room = nextRoom();
  const driver = makeDriver();
  const channel = createPubSub(driver).channel(log);
  const { position } = await channel.publish({ id: room }, payload);
  for (let sent = 0; sent < missed; sent += 500) {
    await Promise.all(Array.from({ length: 500 }, () => channel.publish({ id: room }, payload)));
  }
  return {
    name,
    guarantees: 'in order, each once, page by page',
    async run() {
      let left = missed;
      let all: () => void = () => undefined;
      const delivered = new Promise<void>((resolve) => {
        all = resolve;
      });
      const subscription = await channel.subscribe(
        { id: room },
        () => {
          if (--left === 0) all();
        },
        { since: position },
      );
      await delivered;
      await subscription.close();
    },
    close: () => driver.close(),
  };
}

/** The connection of ten thousand channels is killed; an operation ends when the last of them has heard of its gap. */
export async function resubscription(
  name: string,
  makeDriver: () => Driver,
  server: BenchServer,
): Promise<Contestant> {
  const room = nextRoom();
  const driver = makeDriver();
  const channel = createPubSub(driver).channel(fire);
  let left = 0;
  let all: () => void = () => undefined;
  const gap = (): void => {
    if (--left === 0) all();
  };
  await Promise.all(
    Array.from({ length: channels }, (_, i) =>
      channel.subscribe({ id: `${room}-${i}` }, { message: () => undefined, gap }),
    ),
  );
  return {
    name,
    guarantees: 'every channel hears that it was cut',
    async run() {
      left = channels;
      const back = new Promise<void>((resolve) => {
        all = resolve;
      });
      await withClient(server.port, (client) => client.command('CLIENT', 'KILL', 'TYPE', 'pubsub'));
      await back;
    },
    close: () => driver.close(),
  };
}
