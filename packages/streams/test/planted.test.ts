import { createManualClock, type Driver, seededRandom } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { plantedBug } from '@penknife/testing';
import { describe, expect, it } from 'vitest';
import { createEventStore } from '../src/event-store.js';
import { compareIds, createStreams } from '../src/index.js';
import { all } from './collected.js';
import { dressed } from './dressed.js';
import { drafts, numbers, orders } from './sample-streams.js';

type Dress = (driver: Driver) => Driver;
const seeds = [1, 2, 3, 4];
const plain: Dress = (driver) => driver;

/** A driver whose server runs a script with a bug in it. */
function withBug(script: string, right: string, wrong: string): Dress {
  const plant = plantedBug({ script, right, wrong });
  return (driver) =>
    dressed(driver, {
      send: (command, options) => driver.send(plant(command), options),
    });
}

async function faultsOf(run: (seed: number) => Promise<string[]>): Promise<string[]> {
  const faults = await Promise.all(seeds.map(run));
  return faults.flat();
}

/** Groups get on at their own pace while the log is trimmed: whatever a group had not acknowledged must be there. */
async function trimmed(seed: number, dress: Dress): Promise<string[]> {
  const random = seededRandom(seed);
  const redis = createMemoryRedis({ clock: createManualClock(), seed });
  const driver = redis.driver();
  const log = createStreams(dress(driver)).open(numbers);
  const admin = (...args: [Uppercase<string>, ...(string | number)[]]) =>
    driver.send({ args, key: args[1] as string, read: (reply) => reply });
  const key = 'pk:st1:log:{numbers}';
  const acked = { a: '0-0', b: '0-0' };
  for (const group of ['a', 'b']) await admin('XGROUP', 'CREATE' as never, key, group, '0', 'MKSTREAM');
  const ids: string[] = [];
  const faults: string[] = [];
  for (let step = 0; step < 15; step++) {
    for (const { id } of await log.appendMany(drafts(3))) ids.push(id);
    for (const group of ['a', 'b'] as const) {
      const count = Math.floor(random.fraction() * 4);
      if (count === 0) continue;
      await admin('XREADGROUP', 'GROUP' as never, group, 'c', 'COUNT', count, 'STREAMS', key, '>').catch(
        () => 0,
      );
      const [, , , perConsumer] = (await driver.send({
        args: ['XPENDING', key, group],
        key,
        read: (reply) => reply,
      })) as unknown[];
      if (perConsumer === null) continue;
      const pending = (await driver.send({
        args: ['XPENDING', key, group, '-', '+', count],
        key,
        read: (reply) => reply,
      })) as [string][];
      for (const [id] of pending) {
        await admin('XACK', key, group, id);
        acked[group] = id;
      }
    }
    await log.trim({ maxLength: Math.floor(random.fraction() * 10) });
    const left = new Set((await all(log.range())).map(({ id }) => id));
    for (const group of ['a', 'b'] as const) {
      const lost = ids.filter((id) => compareIds(id, acked[group]) > 0 && !left.has(id));
      faults.push(...lost.map((id) => `${group} lost ${id}`));
    }
    if (faults.length > 0) break;
  }
  await driver.close();
  return faults;
}

/** Messages are handled, replayed and sought again: each effect must be there once. */
async function once(seed: number, dress: Dress): Promise<string[]> {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed });
  const driver = redis.driver();
  const log = createStreams(dress(driver)).open(numbers);
  const counter = `count:${log.hashTag}`;
  const consumer = log.consume('g', async (message) => {
    await message.handleOnce([{ args: ['HINCRBY', counter, String(message.data.n), 1], keys: [counter] }]);
  });
  await consumer.ready;
  await log.appendMany(drafts(10));
  for (let again = 0; again < 3; again++) {
    await clock.advance(100);
    await log.seek('g', 'start');
  }
  await clock.advance(100);
  const counts = (await driver.send({
    args: ['HVALS', counter],
    key: counter,
    read: (reply) => reply,
  })) as string[];
  await driver.close();
  return counts.flatMap((count, n) => (count === '1' ? [] : [`${n}: ${count} times`]));
}

/** Several schedulers, one set of messages: each is appended once, and not before its time. */
async function scheduled(seed: number, dress: Dress): Promise<string[]> {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed });
  const random = seededRandom(seed);
  const drivers = [redis.driver(), redis.driver()];
  const logs = drivers.map((driver) => createStreams(dress(driver)).open(numbers));
  const schedulers = logs.map((log) => log.startScheduler());
  const due: number[] = [];
  for (let n = 0; n < 10; n++) {
    const { atMs } = await (logs[0] as (typeof logs)[0]).schedule(
      { data: { n } },
      { delay: Math.floor(random.fraction() * 500) },
    );
    due.push(atMs);
  }
  for (let i = 0; i < 30; i++) await clock.advance(20);
  const appended = await all((logs[0] as (typeof logs)[0]).range());
  await Promise.all(schedulers.map((one) => one.close()));
  await Promise.all(drivers.map((driver) => driver.close()));
  return due.flatMap((atMs, n) => {
    const own = appended.filter(({ data }) => data.n === n);
    if (own.length !== 1) return [`${n}: ${own.length} times`];
    return (own[0]?.appendedAtMs ?? 0) < atMs ? [`${n}: before its time`] : [];
  });
}

/** Many write to few aggregates: of all who saw one version one may have won, and versions have no gap. */
async function stored(seed: number, dress: Dress): Promise<string[]> {
  const driver = createMemoryRedis({ clock: createManualClock(), seed }).driver();
  const random = seededRandom(seed);
  const store = createEventStore(dress(driver), orders);
  const won = new Map<string, number>();
  for (let round = 0; round < 10; round++) {
    const tries = Array.from({ length: 4 }, async (_, n) => {
      const aggregate = `a${Math.floor(random.fraction() * 2)}`;
      const events = await all(store.events(aggregate));
      const version = events.length;
      const event = { event: 'placed', data: { n } } as const;
      const result = await store.append(aggregate, [event, event], { expectedVersion: version });
      const seen = `${aggregate} at ${version}`;
      if (result.status === 'appended') won.set(seen, (won.get(seen) ?? 0) + 1);
    });
    await Promise.all(tries);
  }
  const faults = [...won].flatMap(([seen, times]) => (times === 1 ? [] : [`${seen}: ${times} won`]));
  for (const aggregate of ['a0', 'a1']) {
    const versions = (await all(store.events(aggregate))).map(({ version }) => version);
    if (versions.some((version, at) => version !== at + 1)) faults.push(`${aggregate}: a gap`);
  }
  await driver.close();
  return faults;
}

describe('properties, and the bugs that their checkers notice', () => {
  it('trimming removes nothing that a group has not acknowledged', async () => {
    expect(await faultsOf((seed) => trimmed(seed, plain))).toEqual([]);
    const bug = withBug('streams/trim', "if ARGV[5] == 'keep' and #names > 0 then", 'if false then');
    expect(await faultsOf((seed) => trimmed(seed, bug))).not.toEqual([]);
    const slowest = withBug('streams/trim', 'names[#names + 1] = group.name', 'names = { names[1] }');
    expect(await faultsOf((seed) => trimmed(seed, slowest))).not.toEqual([]);
  });

  it('an effect is done once, however often its message comes', async () => {
    expect(await faultsOf((seed) => once(seed, plain))).toEqual([]);
    const bug = withBug('streams/settle-once', 'if not before then', 'if true then');
    expect(await faultsOf((seed) => once(seed, bug))).not.toEqual([]);
  });

  it('what is scheduled is appended once, when it is due', async () => {
    expect(await faultsOf((seed) => scheduled(seed, plain))).toEqual([]);
    const early = withBug(
      'streams/promote',
      "string.format('%.0f', now), 'LIMIT'",
      "string.format('%.0f', now + 50), 'LIMIT'",
    );
    expect(await faultsOf((seed) => scheduled(seed, early))).not.toEqual([]);
    const twice = withBug(
      'streams/promote',
      'appended = appended + 1',
      'addEntry(KEYS[3], ARGV[3], fields, 1, #fields)\n      appended = appended + 1',
    );
    expect(await faultsOf((seed) => scheduled(seed, twice))).not.toEqual([]);
  });

  it('of all who append to one version one wins', async () => {
    expect(await faultsOf((seed) => stored(seed, plain))).toEqual([]);
    const bug = withBug(
      'streams/append-events',
      'if expected >= 0 and expected ~= version then',
      'if expected > version then',
    );
    expect(await faultsOf((seed) => stored(seed, bug))).not.toEqual([]);
  });
});
