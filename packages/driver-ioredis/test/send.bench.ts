/**
 * What the driver costs over the raw client, against one private server: `npx vitest bench --run packages/driver-ioredis`.
 * Rounds alternate between the ways, so that a busy machine is busy for all of them; medians are printed. Not a test.
 */
import { type Command, rawReply } from '@penknife/core';
import { startServer } from '@penknife/redis-servers';
import type { Redis } from 'ioredis';
import { bench } from 'vitest';
import { createIoredisDriver } from '../src/index.js';
import { type Major, majors } from './majors.js';

type Way = () => Promise<unknown>;

const rounds = 9;
const batchSize = 100;
const get: Command = { args: ['GET', 'key'], read: rawReply };

async function rate(way: Way, inFlight: number, calls: number): Promise<number> {
  let left = calls;
  const started = performance.now();
  const worker = async (): Promise<void> => {
    while (left-- > 0) await way();
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return (calls / (performance.now() - started)) * 1000;
}

async function compare(
  title: string,
  ways: Record<string, Way>,
  inFlight: number,
  calls: number,
  each = 1,
): Promise<void> {
  const rates = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const measured = each * (await rate(way, inFlight, calls));
      rates.set(name, [...(rates.get(name) ?? []), measured]);
    }
  }
  const medians = [...rates].map(([name, all]) => {
    const median = all.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
    return `${name} ${Math.round(median / 1000)} k/s`;
  });
  console.log(`${title}: ${medians.join(', ')}`);
}

function pipelined(client: Redis): Way {
  return () => {
    const pipeline = client.pipeline();
    for (let i = 0; i < batchSize; i++) pipeline.call('GET', 'key');
    return pipeline.exec();
  };
}

async function compareMajor({ name, redis }: Major): Promise<void> {
  await using server = await startServer();
  const raw = redis({ port: server.port });
  await using driver = createIoredisDriver(raw);
  await raw.set('key', 'a value of some length');
  const commands = Array.from({ length: batchSize }, () => get);
  const single = { raw: () => raw.call('GET', 'key'), ours: () => driver.send(get) };
  for (const inFlight of [1, 64, 200]) {
    await compare(`${name}, GET ×${inFlight}`, single, inFlight, inFlight === 1 ? 3000 : 30_000);
  }
  const batches = { pipeline: pipelined(raw), 'ours, batch': () => driver.batch(commands) };
  await compare(`${name}, batches of ${batchSize}`, batches, 1, 200, batchSize);
  raw.disconnect();
}

for (const major of majors) {
  bench(major.name, () => compareMajor(major), {
    time: 0,
    iterations: 1,
    warmupTime: 0,
    warmupIterations: 0,
  });
}
