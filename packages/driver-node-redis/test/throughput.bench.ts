import { type Command, rawReply } from '@penknife/core';
import { startServer } from '@penknife/redis-servers';
import * as redis6 from 'redis';
import * as redis5 from 'redis5';
import { createNodeRedisDriver } from '../src/index.js';

/**
 * GET with 200 in flight: the raw client as installed, the raw client with its timer off, and a driver, in interleaved
 * rounds. Prints medians. A script, not a test: bundle it with the condition `@penknife/source` and run it.
 */
const inFlight = 200;
const callsPerRound = 40_000;
const rounds = 9;

async function callsPerSecond(call: () => Promise<unknown>): Promise<number> {
  let left = callsPerRound;
  const started = performance.now();
  const worker = async (): Promise<void> => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return (callsPerRound / (performance.now() - started)) * 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

const server = await startServer();
for (const [name, redis] of [
  ['redis 6', redis6],
  ['redis 5', redis5 as unknown as typeof redis6],
] as const) {
  const installed = redis.createClient({ url: server.url });
  const raw = redis.createClient({ url: server.url, RESP: 2, commandOptions: { timeout: 0 } });
  await Promise.all([installed.connect(), raw.connect()]);
  const driver = createNodeRedisDriver(raw);
  const get: Command<unknown> = { args: ['GET', 'key'], read: rawReply };
  const getBytes: Command<unknown> = { ...get, bytes: true };
  const bytes = { typeMapping: { 36: Buffer } };
  await raw.set('key', 'a value of ordinary length');
  const ways: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['raw, as installed', () => installed.sendCommand(['GET', 'key'])],
    ['raw, timer off', () => raw.sendCommand(['GET', 'key'])],
    ['driver', () => driver.send(get)],
    ['raw bytes, timer off', () => raw.sendCommand(['GET', 'key'], bytes)],
    ['driver, bytes', () => driver.send(getBytes)],
  ];
  const measured = new Map<string, number[]>(ways.map(([way]) => [way, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [way, call] of ways) {
      const rate = await callsPerSecond(call);
      // The first round warms up.
      if (round > 0) measured.get(way)?.push(rate);
    }
  }
  for (const [way, rates] of measured) {
    console.log(`${name}  ${way.padEnd(22)} ${(median(rates) / 1000).toFixed(0).padStart(5)} k/s`);
  }
  await driver.close();
  installed.destroy();
  raw.destroy();
}
await server.stop();
