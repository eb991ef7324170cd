import type { MatrixContext } from '@penknife/matrix';
import { expect } from 'vitest';
import { createLocks, type Locks, lockKeys, lockOrThrow } from '../src/index.js';
import { eventually, held, queued } from './eventually.js';

const resource = '0123456789abcdef';

/** What locks cost a server, in commands and bytes. On memory nothing counts, so there is nothing to see. */
export function costSuite(context: MatrixContext): void {
  const counted = context.where(!context.column.memory, 'the memory driver counts no commands');
  const single = context.where(
    !context.column.memory && context.column.topology === 'single',
    "bytes are counted on one server alone: a cluster's nodes talk among themselves",
  );

  /** A process whose connections are open and whose scripts are loaded. */
  async function warm(): Promise<Locks> {
    const locks = createLocks(await context.driver(), { ttl: '30s' });
    const lock = await held(locks.acquire('warm'));
    await lock.release();
    return locks;
  }

  single('an uncontended acquire and release are 2 commands and at most 320 bytes', async () => {
    const locks = await warm();
    for (const way of ['acquire', 'tryAcquire'] as const) {
      const counts = await context.counts(async () => {
        const lock = await held(locks[way](resource));
        await lock.release();
      });
      expect(counts?.calls).toEqual({ evalsha: 2, get: 2, set: 2, time: 1 });
      expect(counts?.roundTrips).toBe(2);
      expect(counts?.bytesIn).toBeLessThanOrEqual(320);
    }
    await locks.close();
  });

  single('a permit and its release are 2 commands, and so is a read lock', async () => {
    const locks = await warm();
    const doors = [locks.semaphore(resource, { permits: 3 }), locks.readWriteLock(resource).read];
    for (const door of doors) await (await held(door.tryAcquire())).release();
    const counts = await context.counts(async () => {
      for (const door of doors) await (await held(door.tryAcquire())).release();
    });
    expect(counts?.calls).toEqual({ evalsha: 4, get: 5, set: 4, time: 4 });
    await locks.close();
  });

  single('several locks are one command', async () => {
    const locks = await warm();
    const names = ['a', 'b', 'c'];
    await (await locks.tryAcquireAll(names).then(lockOrThrow)).release();
    const counts = await context.counts(async () => lockOrThrow(await locks.tryAcquireAll(names)));
    expect(counts?.calls).toEqual({ evalsha: 1, get: 3, set: 3, time: 1 });
    expect(counts?.roundTrips).toBe(1);
    await locks.close();
  });

  counted('a contended grant is 3 commands and 1 push', async () => {
    const holder = await warm();
    const others = await Promise.all([1, 2, 3, 4, 5].map(warm));
    const lock = await held(holder.acquire(resource));
    const counts = await context.counts(async () => {
      const waits = others.map((locks) => locks.acquire(resource));
      // Looked at by a command that is not counted below.
      await eventually('all wait', async () => {
        const state = String(await context.admin('GET', lockKeys.in('pk').mutex(resource)));
        return others.every(({ id }) => state.includes(id));
      });
      await lock.release();
      await Promise.all(
        waits.map(async (wait) => {
          const next = await held(wait);
          await context.advance(20);
          await next.release();
        }),
      );
    });
    // 5 grants: each was queued, claimed and released; and the release of the first holder.
    expect(counts?.calls.evalsha).toBe(3 * 5 + 1);
    expect(counts?.calls.publish).toBe(5);
    await Promise.all([holder, ...others].map((locks) => locks.close()));
  });

  single('trap 2: one channel for each process, whatever it waits for', async () => {
    const [holder, waiter] = [await warm(), await warm()];
    const resources = Array.from({ length: 20 }, (_, i) => `lock-${i}`);
    const locks = await Promise.all(resources.map((each) => held(holder.tryAcquire(each))));
    const waits = resources.map((each) => waiter.acquire(each));
    for (const each of resources) await queued(holder, each, 1);
    const channels = (await context.admin('PUBSUB', 'CHANNELS', '*')) as string[];
    expect(channels.sort()).toEqual([holder, waiter].map(({ id }) => `pk:lock1:wake:${id}`).sort());
    await Promise.all(locks.map((lock) => lock.release()));
    for (const wait of waits) await (await held(wait)).release();
    await Promise.all([holder.close(), waiter.close()]);
    expect(await context.admin('PUBSUB', 'CHANNELS', '*')).toEqual([]);
  });

  single('without the right to channels a process asks again in short intervals instead', async () => {
    const credentials = { username: 'quiet', password: 'secret' };
    await context.admin('ACL', 'SETUSER', 'quiet', 'on', '>secret', '~*', '+@all', 'resetchannels');
    const quiet = createLocks(await context.driver({ credentials }), { ttl: '30s' });
    const other = await warm();
    const lock = await held(other.acquire(resource));
    const waiting = quiet.acquire(resource);
    await queued(other, resource, 1);
    await lock.release();
    const second = await held(waiting);
    // It may not publish either, and releases all the same.
    expect(await second.release()).toBe('released');
    await quiet.close();
    await other.close();
    await context.admin('ACL', 'DELUSER', 'quiet');
  });

  single('the rights that the README names are enough', async () => {
    const rights =
      '~pk:lock1:* &pk:lock1:wake:* +eval +evalsha +get +set +time +publish +subscribe +unsubscribe'.split(
        ' ',
      );
    // What clients themselves ask for when they connect.
    const connecting = ['+@connection', '+info'];
    await context.admin('ACL', 'SETUSER', 'plain', 'on', '>secret', '-@all', ...rights, ...connecting);
    const credentials = { username: 'plain', password: 'secret' };
    const [one, two] = [
      createLocks(await context.driver({ credentials })),
      createLocks(await context.driver({ credentials })),
    ];
    const lock = await held(one.acquire(resource));
    const waiting = two.acquire(resource);
    await queued(one, resource, 1);
    expect(await lock.extend()).toBe('extended');
    expect(await lock.release()).toBe('released');
    expect(await (await held(waiting)).release()).toBe('released');
    await Promise.all([one.close(), two.close()]);
    await context.admin('ACL', 'DELUSER', 'plain');
  });
}
