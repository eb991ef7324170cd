import type { Command, Driver } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import { afterAll, describe, expect, it } from 'vitest';
import { createFenceGuard, createLocks, createQuorumLocks, fenced, lockOrThrow } from '../src/index.js';

/** Whatever reaches the server is counted. */
const inner = createMemoryDriver();
let sent = 0;
const driver: Driver = {
  ...inner,
  send(command, options) {
    sent++;
    return inner.send(command, options);
  },
};
const locks = createLocks(driver);
const quorum = createQuorumLocks([driver]);
const semaphore = locks.semaphore('s', { permits: 2 });
const rw = locks.readWriteLock('rw');
const command: Command<unknown> = { args: ['GET', 'k'], key: 'k', read: (reply) => reply };
const run = (): void => undefined;
const { signal } = new AbortController();

type Call = (given: never) => unknown;

/** Every way in that takes options, or a value of its own: with whatever no types would let through. */
const noObject = [null, 'x', 7, true];
const calls: readonly (readonly [name: string, bad: readonly unknown[], argument: RegExp, call: Call])[] = [
  ['createLocks: driver', [...noObject, undefined, {}], /^driver must/, (x) => createLocks(x)],
  ['createLocks', noObject, /^options must/, (x) => createLocks(driver, x)],
  ['owner', [null, 7, '', 'a b'], /^owner must/, (owner) => createLocks(driver, { owner })],
  ['namespace', [null, 7, '', 'a b'], /^namespace must/, (namespace) => createLocks(driver, { namespace })],
  ['reentrant', [null, 1], /^reentrant must/, (reentrant) => createLocks(driver, { reentrant })],
  ['ack', noObject, /^ack must/, (ack) => createLocks(driver, { ack })],
  [
    'ack.replicas',
    [0, null, 1.5],
    /^ack.replicas must/,
    (replicas) => createLocks(driver, { ack: { replicas, timeoutMs: 100 } }),
  ],
  [
    'ack.timeoutMs',
    [0, null, 20_000],
    /^ack.timeoutMs must/,
    (timeoutMs) => createLocks(driver, { ack: { replicas: 1, timeoutMs } }),
  ],
  ['deadlineMs', [0, null, 'x'], /^deadlineMs must/, (deadlineMs) => createLocks(driver, { deadlineMs })],
  ['tryAcquire', noObject, /^options must/, (x) => locks.tryAcquire('z', x)],
  ['acquire', noObject, /^options must/, (x) => locks.acquire('z', x)],
  ['acquire: ttl', [null, 49, '8d', 'x', Number.NaN], /^ttl must/, (ttl) => locks.acquire('z', { ttl })],
  ['acquire: waitMs', [null, -1, 0.5], /^waitMs must/, (waitMs) => locks.acquire('z', { waitMs })],
  ['acquire: maxHoldMs', [null, 1], /^maxHoldMs must/, (maxHoldMs) => locks.acquire('z', { maxHoldMs })],
  ['acquire: autoExtend', [null, 1], /^autoExtend must/, (autoExtend) => locks.acquire('z', { autoExtend })],
  ['acquire: signal', [null, {}], /^signal must/, (given) => locks.acquire('z', { signal: given })],
  [
    'acquire: resource',
    [undefined, ...noObject.filter((x) => x !== 'x'), ''],
    /^resource must/,
    (x) => locks.acquire(x),
  ],
  ['withLock: run', [undefined, ...noObject], /^run must/, (x) => locks.withLock('z', x)],
  ['withLock', noObject, /^options must/, (x) => locks.withLock('z', run, x)],
  [
    'tryAcquireAll: resources',
    [undefined, ...noObject, []],
    /^resources must/,
    (x) => locks.tryAcquireAll(x),
  ],
  ['tryAcquireAll: one', [['a', null]], /^resource must/, (x) => locks.tryAcquireAll(x)],
  ['tryAcquireAll', noObject, /^options must/, (x) => locks.tryAcquireAll(['z'], x)],
  ['acquireAll', noObject, /^options must/, (x) => locks.acquireAll(['z'], x)],
  ['campaign', [undefined, ...noObject], /^onElected must/, (x) => locks.campaign('z', x)],
  [
    'campaign: office',
    [undefined, null, ''],
    /^office must/,
    (x) => locks.campaign(x, { signal, onElected: run }),
  ],
  [
    'campaign: signal',
    [undefined, null, {}],
    /^signal must/,
    (x) => locks.campaign('z', { signal: x, onElected: run }),
  ],
  ['inspect: resource', [undefined, null, ''], /^resource must/, (x) => locks.inspect(x)],
  ['inspect', noObject, /^options must/, (x) => locks.inspect('z', x)],
  ['inspect: signal', [null, {}], /^signal must/, (x) => locks.inspect('z', { signal: x })],
  ['shutdown', noObject, /^options must/, (x) => locks.shutdown(x)],
  ['shutdown: graceMs', [null, -1, 'x'], /^graceMs must/, (graceMs) => locks.shutdown({ graceMs })],
  ['semaphore', [undefined, ...noObject, {}], /^permits must/, (x) => locks.semaphore('s', x)],
  ['semaphore: resource', [undefined, null, ''], /^resource must/, (x) => locks.semaphore(x, { permits: 1 })],
  ['semaphore.tryAcquire', noObject, /^options must/, (x) => semaphore.tryAcquire(x)],
  ['semaphore.acquire', noObject, /^options must/, (x) => semaphore.acquire(x)],
  ['semaphore: weight', [null, 0, 3, '1'], /^weight must/, (weight) => semaphore.acquire({ weight })],
  ['withPermits: run', [undefined, null, 7], /^run must/, (x) => semaphore.withPermits(x)],
  ['resize', [null, 0, 0.5, '3'], /^permits must/, (x) => semaphore.resize(x)],
  ['resize: call', noObject, /^options must/, (x) => semaphore.resize(3, x)],
  ['semaphore.inspect', noObject, /^options must/, (x) => semaphore.inspect(x)],
  ['readWriteLock', [undefined, null, ''], /^resource must/, (x) => locks.readWriteLock(x)],
  ['read.tryAcquire', noObject, /^options must/, (x) => rw.read.tryAcquire(x)],
  ['write.acquire', noObject, /^options must/, (x) => rw.write.acquire(x)],
  ['write.withLock: run', [undefined, null, 7], /^run must/, (x) => rw.write.withLock(x)],
  ['readWriteLock.inspect', noObject, /^options must/, (x) => rw.inspect(x)],
  ['fenced: command', [undefined, ...noObject], /^command must/, (x) => fenced(x, 1n)],
  ['fenced: args', [{ key: 'k' }], /^args must/, (x) => fenced(x, 1n)],
  ['fenced: fence', [undefined, null, 1, -1n], /^fence must/, (x) => fenced(command, x)],
  ['fenced', noObject, /^options must/, (x) => fenced(command, 1n, x)],
  ['fenced: remember', [null, 999], /^remember must/, (remember) => fenced(command, 1n, { remember })],
  ['admit', [undefined, null, 1], /^fence must/, (x) => createFenceGuard().admit(x)],
  [
    'lockOrThrow',
    [undefined, null, 7, Promise.resolve({ ok: true })],
    /^outcome must/,
    (x) => lockOrThrow(x),
  ],
  [
    'createQuorumLocks: drivers',
    [undefined, ...noObject, [], [null]],
    /^drivers must/,
    (x) => createQuorumLocks(x),
  ],
  ['createQuorumLocks', noObject, /^options must/, (x) => createQuorumLocks([driver], x)],
  [
    'nodeTimeoutMs',
    [null, 0, 7000],
    /^nodeTimeoutMs must/,
    (nodeTimeoutMs) => createQuorumLocks([driver], { nodeTimeoutMs }),
  ],
  ['quorum.acquire', noObject, /^options must/, (x) => quorum.acquire('z', x)],
  ['quorum.withLock: run', [undefined, null], /^run must/, (x) => quorum.withLock('z', x)],
  ['quorum.shutdown', noObject, /^options must/, (x) => quorum.shutdown(x)],
];

describe('bad input is refused by name and rule, before anything is sent', () => {
  afterAll(async () => {
    await locks.close();
    await quorum.close();
    await inner.close();
  });

  it.each(calls)('%s', async (_, bad, argument, call) => {
    sent = 0;
    for (const given of bad) {
      const refusal = new Promise((resolve) => resolve(call(given as never)));
      const error: unknown = await refusal.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error, String(given)).toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect((error as Error).message).toMatch(argument);
      expect((error as Error).message).toMatch(/; given: /);
    }
    expect(sent).toBe(0);
  });

  it('none of it shut anything down: the count sees what is sent', async () => {
    sent = 0;
    expect(await locks.tryAcquire('z')).toMatchObject({ ok: true });
    expect(await quorum.tryAcquire('q')).toMatchObject({ ok: true });
    expect(sent).toBe(2);
  });
});
