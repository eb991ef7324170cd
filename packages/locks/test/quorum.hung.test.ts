import { ConnectionError, type Driver } from '@penknife/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLocks, createQuorumLocks, lockKeys } from '../src/index.js';
import { inspectMutex } from '../src/mutex/commands.js';
import { held } from './eventually.js';
import type { Link } from './network.js';
import { quorumStage } from './quorum-stage.js';

/** On memory alone: servers that hang, and come back. */
describe('a quorum of which one server hangs', () => {
  const { clock, closing, servers, settle, ends, holders } = quorumStage();
  afterEach(() => void vi.restoreAllMocks());

  const keyOf = lockKeys.in('pk').mutex('a');

  it('trap 11: a node that is taken in again has the fence that was agreed on', async () => {
    const hourMs = 3_600_000;
    const { locks, links, direct } = servers(3, {}, undefined, [hourMs, 0, 0]);
    (links[2] as Link).held = true;
    const lock = await held(locks.tryAcquire('a'));
    await (links[2] as Link).cut(false);
    (links[2] as Link).held = false;
    await clock.advance(1200);
    const fences = [0, 1, 2].map(async (i) => (await direct(i).send(inspectMutex(keyOf))).fence);
    expect(await Promise.all(fences)).toEqual([lock.fence, lock.fence, lock.fence]);
    await ends(lock.release());
  });

  it('trap 11: a node that granted only after the vote was decided gets the fence that was agreed on', async () => {
    const { locks, links, direct } = servers(3, { autoExtend: false }, undefined, [3_600_000, 0, 0]);
    (links[2] as Link).held = true;
    const lock = await held(locks.tryAcquire('a'));
    await (links[2] as Link).release();
    await settle();
    const fences = () =>
      Promise.all([0, 1, 2].map(async (i) => (await direct(i).send(inspectMutex(keyOf))).fence));
    expect((await fences())[2]).toBeLessThan(lock.fence);
    expect(await lock.extend()).toBe('extended');
    await settle();
    expect(await fences()).toEqual([lock.fence, lock.fence, lock.fence]);
    await ends(lock.release());
  });

  it('where all nodes answered, nothing is put on any of them again', async () => {
    const acquires: string[] = [];
    const { locks } = servers(3, { autoExtend: false }, (command) => {
      if (command.script?.name === 'locks/mutex-acquire') acquires.push('acquire');
      return command;
    });
    const lock = await held(locks.tryAcquire('a'));
    expect(await lock.extend()).toBe('extended');
    await settle();
    expect(acquires).toHaveLength(3);
    await ends(lock.release());
  });

  it('a node that missed the last extension before the cap gets no more than the cap leaves', async () => {
    for (const [heldMs, leftMs] of [
      [900, 600],
      [1485, undefined],
    ] as const) {
      const { locks, links, direct } = servers(3, { maxHoldMs: 1500, autoExtend: false });
      const lock = await held(locks.tryAcquire('a'));
      await clock.advance(900);
      if (heldMs > 900) expect(await lock.extend()).toBe('extended');
      await clock.advance(heldMs - 900);
      await direct(2).send({ args: ['DEL', keyOf], key: keyOf, read: Number });
      // What is left when the slowest has answered decides.
      (links[2] as Link).held = true;
      const extending = lock.extend();
      await settle();
      await clock.advance(heldMs > 900 ? 6 : 0);
      await (links[2] as Link).release();
      expect(await extending).toBe('extended');
      await settle();
      const { untilMs, serverMs } = await direct(2).send(inspectMutex(keyOf));
      expect(untilMs === 0 ? undefined : untilMs - serverMs).toBe(leftMs);
      await ends(lock.release());
    }
  });

  it('trap 10: a wait is over when its time is, whatever a hung node costs', async () => {
    const { locks, links, direct } = servers(3, { ttl: '10s' });
    const blocking = createLocks(direct(1), { ttl: '1h' });
    closing.push(blocking);
    await held(blocking.tryAcquire('a'));
    (links[0] as Link).held = true;
    for (const waitMs of [1, 50, 700]) {
      let over = false;
      const waiting = locks.acquire('a', { waitMs });
      void waiting.then(() => {
        over = true;
      });
      await clock.advance(waitMs);
      await settle();
      expect(over, String(waitMs)).toBe(true);
      expect(await waiting).toMatchObject({ ok: false });
    }
    await (links[0] as Link).release();
    await clock.advance(5000);
    expect((await holders(direct, 3))[2]).toBeUndefined();
  });

  it('trap 10: a wait whose last try has no time to hear the nodes ends as a timeout, and knows the holder', async () => {
    const { locks, links, direct } = servers(3, { ttl: '10s' });
    const blocking = [0, 1, 2].map((server) => createLocks(direct(server), { ttl: '1h' }));
    closing.push(...blocking);
    for (const each of blocking) await held(each.tryAcquire('a'));
    const waiting = locks.acquire('a', { waitMs: 60_000 });
    // No pause is longer than 400 ms, and a node has 500: a try begins after this, and is cut by the end of the wait.
    await clock.advance(59_600);
    for (const link of links) link.held = true;
    await clock.advance(399);
    expect(links.map(({ underWay }) => underWay.requests)).toEqual([1, 1, 1]);
    await clock.advance(1);
    const outcome = await ends(waiting);
    for (const link of links) await link.release();
    expect(outcome).toMatchObject({ ok: false, reason: 'timeout', holder: expect.anything() });
  });

  it.each([
    ['hang', 10_000, {}],
    // With so much for each node every try that is refused begins with less than that.
    ['refuse', 2000, { nodeTimeoutMs: 2000 }],
  ] as const)(
    'a wait ends as unavailable when the servers %s by then, whoever held the lock before',
    async (way, shortestMs, options) => {
      const { links, direct } = servers(3);
      const blocking = [0, 1, 2].map((server) => createLocks(direct(server), { ttl: '1h' }));
      closing.push(...blocking);
      for (const each of blocking) await held(each.tryAcquire('a'));
      let away = false;
      const drivers = links.map(
        ({ driver }): Driver => ({
          ...driver,
          send: (command, call) =>
            away ? Promise.reject(new ConnectionError('away', { sent: 'no' })) : driver.send(command, call),
        }),
      );
      const locks = createQuorumLocks(drivers, { ttl: '10s', ...options });
      closing.push(locks);
      // Ends that fall into a pause, and ends that fall into a try.
      const waits = Array.from({ length: 15 }, (_, i) => locks.acquire('a', { waitMs: shortestMs + i * 60 }));
      await clock.advance(1000);
      if (way === 'refuse') away = true;
      else for (const link of links) link.held = true;
      await clock.advance(shortestMs);
      const outcomes = await Promise.all(waits);
      away = false;
      for (const link of links) await link.release();
      const reasons = outcomes.map((outcome) => !outcome.ok && outcome.reason);
      expect(new Set(reasons)).toEqual(new Set(['unavailable']));
    },
  );

  it('a wait leaves nothing at the signals that outlive it', async () => {
    const { locks, direct } = servers(3);
    const blocking = [0, 1, 2].map((server) => createLocks(direct(server), { ttl: '1h' }));
    closing.push(...blocking);
    for (const each of blocking) await held(each.tryAcquire('a'));
    const { signal } = new AbortController();
    const [added, removed] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')];
    const any = vi.spyOn(AbortSignal, 'any');
    await ends(locks.acquire('a', { waitMs: 500, signal }));
    expect(added.mock.calls.length).toBeGreaterThan(0);
    expect(removed.mock.calls.length).toBe(added.mock.calls.length);
    expect(any).not.toHaveBeenCalled();
  });

  it('trap 10: a release is told by a majority, and goes on in the background at a node that hangs', async () => {
    const { locks, links, direct } = servers(3);
    const lock = await held(locks.tryAcquire('a'));
    (links[2] as Link).held = true;
    let outcome: string | undefined;
    void lock.release().then((told) => {
      outcome = told;
    });
    await settle();
    expect(outcome).toBe('released');
    await (links[2] as Link).release();
    await settle();
    expect(await holders(direct, 3)).toEqual([undefined, undefined, undefined]);
    // Lost is told by a majority, too.
    const lost = await held(locks.tryAcquire('a'));
    for (const server of [0, 1])
      await direct(server).send({ args: ['DEL', keyOf], key: keyOf, read: Number });
    (links[2] as Link).held = true;
    outcome = undefined;
    void lost.release().then((told) => {
      outcome = told;
    });
    await settle();
    expect(outcome).toBe('lost');
    await (links[2] as Link).release();
  });
});
