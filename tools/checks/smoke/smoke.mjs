// Runs in a user's project on any runtime: opens every door of the packages, and tries some of each driver. Arguments: the
// server's URL, then the doors. Prints one line of JSON; an error ends it.
import assert from 'node:assert/strict';
import { rawReply } from '@penknife/core';
import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createMemoryDriver } from '@penknife/driver-memory';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { createLocks } from '@penknife/locks';
import { createPubSub, defineChannel } from '@penknife/pubsub';
import { createRateLimiter } from '@penknife/ratelimit';
import { Redis } from 'ioredis';
import { createClient } from 'redis';

const [url, ...doors] = process.argv.slice(2);
assert.ok(url !== undefined && doors.length > 0, 'smoke.mjs <url> <door> …');

for (const door of doors) assert.ok(Object.keys(await import(door)).length > 0, `${door} exports nothing`);

const columns = {
  memory: () => createMemoryDriver(),
  'node-redis': () => createNodeRedisDriver(createClient({ url })),
  ioredis: () => createIoredisDriver(new Redis(url, { lazyConnect: true })),
};
for (const [name, create] of Object.entries(columns)) {
  const driver = create();
  await commands(driver, `smoke:${name}`);
  await together(driver, `smoke:${name}:list`);
  await patterns(driver, name);
  await driver.close();
}

/** Replies, bytes, a batch with a failure, and a transaction. */
async function commands(driver, key) {
  const raw = (...args) => ({ args, key, read: rawReply });
  assert.equal(await driver.send(raw('SET', key, 'ü', 'EX', 60)), 'OK');
  const bytes = await driver.send({ ...raw('GET', key), bytes: true });
  assert.deepEqual([...bytes], [0xc3, 0xbc]);
  const [value, failure] = await driver.batch([raw('GET', key), raw('LPUSH', key, 'x')]);
  assert.deepEqual(value, { ok: true, value: 'ü' });
  assert.equal(failure.error.code, 'WRONGTYPE');
  const [deleted] = await driver.transaction([raw('DEL', key)]);
  assert.deepEqual(deleted, { ok: true, value: 1 });
}

/** Many sends of one turn, which clients write together: all text, then bytes among it. Each comes once, in its order. */
async function together(driver, key) {
  const send = (name, args, more) =>
    driver.send({ args: [name, key, ...args], key, read: rawReply, ...more });
  await send('DEL', []);
  const texts = Array.from({ length: 50 }, (_, i) => `ü${i}`);
  const encoder = new TextEncoder();
  const mixed = texts.map((text, i) => (i % 10 === 5 ? encoder.encode(text) : text));
  const lengths = (from) => texts.map((_, i) => from + i + 1);
  assert.deepEqual(await Promise.all(texts.map((value) => send('RPUSH', [value]))), lengths(0));
  assert.deepEqual(await Promise.all(mixed.map((value) => send('RPUSH', [value]))), lengths(50));
  assert.deepEqual(await send('LRANGE', [0, -1]), [...texts, ...texts]);
  await send('DEL', []);
}

/** A script, a lock that is handed on, and a message. */
async function patterns(driver, name) {
  const limiter = createRateLimiter(driver, { name, policy: '1/min' });
  // One server sees several runtimes one after the other.
  const user = crypto.randomUUID();
  assert.equal((await limiter.check(user)).allowed, true);
  assert.equal((await limiter.check(user)).allowed, false);

  const locks = createLocks(driver);
  const first = await locks.acquire(name);
  const second = locks.acquire(name, { waitMs: 5000 });
  await first.lock.release();
  assert.equal(await (await second).lock.release(), 'released');
  await locks.close();

  const pubsub = createPubSub(driver);
  const channel = pubsub.channel(defineChannel(`smoke:${name}:{room}`, { delivery: 'fire' }));
  const heard = Promise.withResolvers?.() ?? later();
  await channel.subscribe({ room: '7' }, { message: heard.resolve });
  await channel.publish({ room: '7' }, { text: 'hello' });
  assert.deepEqual(await heard.promise, { text: 'hello' });
  await pubsub.close();
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function later() {
  let resolve;
  const promise = new Promise((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const { bun, deno, node } = process.versions;
const runtime = bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node ${node}`;
console.log(JSON.stringify({ runtime, doors: doors.length, drivers: Object.keys(columns) }));
