/**
 * What pub/sub costs, on one private server: `npx vitest bench --run packages/pubsub`. Raw is the same driver without this
 * package. Ways alternate, medians are printed. Not a test.
 */
import { type Driver, rawReply } from '@penknife/core';
import { ioredisClient, nodeRedisClient, singleColumn } from '@penknife/matrix';
import { bench } from 'vitest';
import { createPubSub, defineChannel } from '../src/index.js';

const fire = defineChannel('bench:{id}:fire');
const log = defineChannel('bench:{id}:log', { delivery: 'log', history: { size: 20_000 } });
const payload = {
  id: 12345,
  from: 'ada',
  text: 'a message of a length that is usual in a chat room',
  at: 1_700_000_000_000,
};
const params = { id: 'a' };
const inFlight = 200;

/** Runs `call` so many times, and resolves to the rate once `done` resolves. */
async function rate(calls: number, call: () => Promise<unknown>, done?: Promise<void>): Promise<number> {
  let left = calls;
  const started = performance.now();
  const worker = async (): Promise<void> => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  await done;
  return (calls / (performance.now() - started)) * 1000;
}

function countdown(count: number): { readonly done: Promise<void>; hit(): void } {
  let left = count;
  let resolve: () => void = () => undefined;
  const done = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return {
    done,
    hit() {
      if (--left === 0) resolve();
    },
  };
}

async function median(rounds: number, run: () => Promise<number>): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i < rounds; i++) all.push(await run());
  return all.sort((a, b) => a - b)[Math.floor(rounds / 2)] as number;
}

async function rawDeliveries(publisher: Driver, subscriber: Driver, calls: number): Promise<number> {
  const counter = countdown(calls);
  const feed = await subscriber.openFeed({
    message: (_, __, body) => {
      JSON.parse(Buffer.from(body).toString());
      counter.hit();
    },
    gap: () => undefined,
    invalidated: () => undefined,
  });
  await feed.subscribe('channel', 'raw');
  const call = () =>
    publisher.send({ args: ['PUBLISH', 'raw', JSON.stringify(payload)], key: 'raw', read: rawReply });
  const result = await rate(calls, call, counter.done);
  await feed.close();
  return result;
}

async function deliveries(
  definition: typeof fire | typeof log,
  publisher: Driver,
  subscriber: Driver,
  calls: number,
  listeners = 1,
): Promise<number> {
  const [here, there] = [createPubSub(publisher), createPubSub(subscriber)];
  const counter = countdown(calls * listeners);
  const channel = there.channel(definition as typeof fire);
  await Promise.all(
    Array.from({ length: listeners }, () =>
      channel.subscribe(params, () => counter.hit(), { queueLimit: 100_000 }),
    ),
  );
  const sender = here.channel(definition as typeof fire);
  const result = await rate(calls, () => sender.publish(params, payload), counter.done);
  await there.close();
  return result * listeners;
}

async function roundTrip(driver: Driver, definition: typeof fire | typeof log): Promise<number> {
  const pubsub = createPubSub(driver);
  const channel = pubsub.channel(definition as typeof fire);
  let arrived: () => void = () => undefined;
  await channel.subscribe(params, () => arrived());
  const times: number[] = [];
  for (let i = 0; i < 1000; i++) {
    const came = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const started = performance.now();
    await Promise.all([came, channel.publish(params, payload)]);
    times.push(performance.now() - started);
  }
  await pubsub.close();
  return times.sort((a, b) => a - b)[500] as number;
}

async function recovery(publisher: Driver, subscriber: Driver): Promise<number> {
  const sender = createPubSub(publisher).channel(log);
  const { position } = await sender.publish({ id: 'late' }, payload);
  await rate(10_000, () => sender.publish({ id: 'late' }, payload));
  const pubsub = createPubSub(subscriber);
  const counter = countdown(10_000);
  const started = performance.now();
  await pubsub.channel(log).subscribe({ id: 'late' }, () => counter.hit(), { since: position });
  await counter.done;
  const took = performance.now() - started;
  await pubsub.close();
  return took;
}

for (const client of [ioredisClient, nodeRedisClient]) {
  bench(
    client.name,
    async () => {
      const world = await singleColumn(client).open();
      const [publisher, subscriber] = [await world.driver(), await world.driver()];
      const k = (value: number): string => `${Math.round(value / 1000)} k/s`;
      const raws: number[] = [];
      const ours: number[] = [];
      for (let round = 0; round < 5; round++) {
        raws.push(await rawDeliveries(publisher, subscriber, 30_000));
        ours.push(await deliveries(fire, publisher, subscriber, 30_000));
      }
      const middle = (all: number[]): number => all.sort((a, b) => a - b)[2] as number;
      console.log(`${client.name}: fire ${k(middle(ours))}, raw driver ${k(middle(raws))}`);
      console.log(
        `${client.name}: log ${k(await median(5, () => deliveries(log, publisher, subscriber, 30_000)))}`,
      );
      const alone = createPubSub(publisher).channel(log);
      const publishes = await median(5, () => rate(30_000, () => alone.publish({ id: 'alone' }, payload)));
      console.log(`${client.name}: log publishes, nobody listening here ${k(publishes)}`);
      const wide = await median(3, () => deliveries(fire, publisher, subscriber, 10_000, 1000));
      console.log(`${client.name}: fan-out 1 to 1 000, ${(wide / 1e6).toFixed(1)} M deliveries/s`);
      const rtts = [await roundTrip(publisher, fire), await roundTrip(publisher, log)];
      console.log(
        `${client.name}: round trip p50 fire, log: ${rtts.map((ms) => ms.toFixed(3)).join(', ')} ms`,
      );
      console.log(
        `${client.name}: 10 000 missed messages in ${Math.round(await recovery(publisher, subscriber))} ms`,
      );
      await world.close();
    },
    { time: 0, iterations: 1, warmupTime: 0, warmupIterations: 0 },
  );
}
