import type { Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createQueue, type Job, type Queue } from '../src/index.js';
import { collect, until } from './collect.js';

const again = { id: 'b', group: 'g', onDuplicate: 'replace' } as const;

/** Jobs that share the places of their group. */
export function groupSuite(context: MatrixContext): void {
  it('groups: never more of one group at work than allowed, others are not held up, and order within one is kept', async () => {
    const options = { groupConcurrency: 2 };
    const queue = createQueue<number>(await context.driver(), 'groups', options);
    await queue.addMany(
      Array.from({ length: 60 }, (_, i) => ({ data: i, group: i < 50 ? 'big' : `small ${i % 2}` })),
    );
    const running = new Map<string, number>();
    let most = 0;
    const done = collect<Job<number>>();
    const workers = await Promise.all(
      [1, 2, 3].map(async () =>
        createQueue<number>(await context.driver(), 'groups', options).work(
          async (job) => {
            const group = job.group ?? '';
            const now = (running.get(group) ?? 0) + 1;
            running.set(group, now);
            most = Math.max(most, now);
            await new Promise((resolve) => setImmediate(resolve));
            running.set(group, (running.get(group) ?? 1) - 1);
            done.push(job);
          },
          { concurrency: 4 },
        ),
      ),
    );
    await done.count(60);
    expect(most).toBe(2);
    expect(done.all.findIndex(({ group }) => group?.startsWith('small'))).toBeLessThan(20);
    await Promise.all(workers.map((worker) => worker.close()));
    expect(await queue.counts()).toMatchObject({ waiting: 0, working: 0 });
    const left = await context.admin('HKEYS', 'pk:queue1:control:{groups}');
    expect(new Set(left as string[])).toEqual(new Set(['deliveries', 'parked']));
  });

  it('groups: a job at a time keeps the order of its group', async () => {
    const options = { groupConcurrency: 1 };
    const queue = createQueue<number>(await context.driver(), 'lines', options);
    await queue.addMany(Array.from({ length: 40 }, (_, i) => ({ data: i, group: `g${i % 3}` })));
    const done = collect<Job<number>>();
    const worker = queue.work((job) => done.push(job), { concurrency: 10 });
    await done.count(40);
    await worker.close();
    for (const group of ['g0', 'g1', 'g2']) {
      const line = done.all.filter((job) => job.group === group).map(({ data }) => data);
      expect(line).toEqual([...line].sort((a, b) => a - b));
    }
  });

  it('groups: what is parked counts as waiting, can be seen, replaced, removed, and goes when the limit is lifted', async () => {
    const driver = await context.driver();
    const strict = createQueue<string>(driver, 'parked', { groupConcurrency: 1 });
    const { taken, finish, worker } = holdJobs(strict, 5);
    for (const id of ['a', 'b', 'c', 'd']) await strict.add(id, { id, group: 'g' });
    await taken.count(1);
    await until(async () => Number(await context.admin('ZCARD', 'pk:queue1:parked:{parked}')) === 3);
    expect(await strict.counts()).toMatchObject({ waiting: 3, working: 1 });
    expect((await strict.list('waiting', { limit: 10 })).map(({ id }) => id)).toEqual(['b', 'c', 'd']);
    expect((await strict.list('waiting', { limit: 1, skip: 1 })).map(({ id }) => id)).toEqual(['c']);
    expect(await strict.remove('c')).toBe(1);
    expect(await strict.add('B', { id: 'b', group: 'g', onDuplicate: 'replace' })).toMatchObject({
      replaced: true,
    });
    await worker.close({ grace: 0 });
    finish();
    const done = collect<string>();
    await using _loose = createQueue<string>(driver, 'parked').work(({ data }) => done.push(data));
    await done.count(3);
    expect([...done.all].sort()).toEqual(['B', 'a', 'd']);
  });

  it('groups: those that waited for their group come in the order of adding, and nobody who came before them waits longer', async () => {
    const queue = createQueue<string>(await context.driver(), 'turns', { groupConcurrency: 1 });
    const { taken, finish, worker } = holdJobs(queue, 1);
    await queue.add('a1', { id: 'a1', group: 'a' });
    await taken.count(1);
    // Its group has its fill: they are parked at once, behind what waits already.
    for (const data of ['u1', 'u2', 'a2', 'u3', 'a3', 'u4']) {
      await context.advance(1);
      await queue.add(data, data.startsWith('a') ? { id: data, group: 'a' } : { id: data });
    }
    expect(await context.admin('ZCARD', 'pk:queue1:parked:{turns}')).toBe(2);
    finish();
    await taken.count(7);
    // By arrival: a3 was let go by a2 and still comes after u3.
    expect(taken.all).toEqual(['a1', 'u1', 'u2', 'a2', 'u3', 'a3', 'u4']);
    await worker.close();
  });

  it('groups: two that are let go at once come in the order of adding', async () => {
    const queue = createQueue<string>(await context.driver(), 'pairs', { groupConcurrency: 2 });
    const done = collect<string>();
    const ends: (() => void)[] = [];
    const worker = queue.work(
      ({ data }) => {
        done.push(data);
        return new Promise<void>((resolve) => ends.push(resolve));
      },
      { concurrency: 2 },
    );
    const add = async (data: string): Promise<void> => {
      await context.advance(1);
      await queue.add(data, { group: 'a' });
    };
    for (const data of ['a1', 'a2']) await add(data);
    await done.count(2);
    for (const data of ['a3', 'a4', 'a5']) await add(data);
    for (const end of ends.splice(0)) end();
    await done.count(4);
    expect(done.all).toEqual(['a1', 'a2', 'a3', 'a4']);
    for (const end of ends.splice(0)) end();
    await done.count(5);
    for (const end of ends.splice(0)) end();
    await worker.close();
  });

  it('groups: a lost worker’s job frees its place, a cancelled one too', async () => {
    const options = { groupConcurrency: 1 };
    const queue = createQueue<string>(await context.driver(), 'freed', options);
    const dying = await context.driver();
    const stuck = collect<string>();
    createQueue<string>(dying, 'freed', options).work(({ id }) => {
      stuck.push(id);
      return new Promise(() => undefined);
    });
    await queue.add('a', { id: 'a', group: 'g' });
    await queue.add('b', { id: 'b', group: 'g' });
    await stuck.count(1);
    await dying.close();
    await context.admin('ZADD', 'pk:queue1:leased:{freed}', 1, 'a');
    const done = collect<string>();
    await using _worker = queue.work(({ id }) => done.push(id));
    await done.count(2);
    expect(done.all).toEqual(['a', 'b']);
  });

  it('groups: the next goes on when the one whose turn it was is removed, cancelled or replaced before it is taken', async () => {
    const driver = await context.driver();
    for (const [name, away, rest] of [
      ['removed', (queue: Queue<string>) => queue.remove('b'), ['c', 'd']],
      ['cancelled', (queue: Queue<string>) => queue.cancel('b'), ['c', 'd']],
      ['postponed', (queue: Queue<string>) => queue.add('B', { ...again, delay: '1h' }), ['c', 'd']],
      ['moved', (queue: Queue<string>) => queue.add('B', { ...again, group: 'other' }), ['c', 'd', 'b']],
    ] as const) {
      const queue = createQueue<string>(driver, name, { groupConcurrency: 1 });
      const { taken, finish, worker } = holdJobs(queue, 1);
      for (const id of ['a', 'b', 'c', 'd']) {
        await context.advance(1);
        await queue.add(id, { id, group: 'g' });
        if (id === 'a') await taken.count(1);
      }
      await queue.pause();
      finish();
      // Its turn has come, and nobody takes it.
      await until(async () => Number(await context.admin('ZCARD', `pk:queue1:parked:{${name}}`)) === 2);
      await away(queue);
      await queue.resume();
      await taken.count(1 + rest.length);
      await worker.close();
      expect(taken.all, name).toEqual(['a', ...rest]);
      expect((await queue.counts()).waiting, name).toBe(0);
    }
  });

  it('groups: a limit that was raised is used at once by whoever has room, in the order of adding', async () => {
    const driver = await context.driver();
    const strict = await parkedBehindOne(driver, 'raised', ['b', 'c', 'd', 'e', 'f']);
    const wider = holdJobs(createQueue<string>(driver, 'raised', { groupConcurrency: 4 }), 10);
    await wider.taken.count(3);
    expect(wider.taken.all).toEqual(['b', 'c', 'd']);
    expect(await strict.queue.counts()).toMatchObject({ working: 4, waiting: 2 });
    strict.finish();
    await wider.taken.count(4);
    expect(strict.taken.all).toEqual(['a']);
    // Where nobody of the group is at work it might take the last as well.
    await strict.worker.close();
    wider.finish();
    await wider.taken.count(5);
    expect(wider.taken.all).toEqual(['b', 'c', 'd', 'e', 'f']);
    await wider.worker.close();
  });

  it('groups: a raised limit is used by more groups than one round looks at', async () => {
    const driver = await context.driver();
    const queue = createQueue<string>(driver, 'crowds', { groupConcurrency: 1 });
    const strict = holdJobs(queue, 40);
    // A round makes a hundred steps: of each group two that go, and one that finds it full.
    const one = Array.from({ length: 40 }, (_, i) => ({ data: '', group: `g${i}` }));
    await queue.addMany(one);
    await strict.taken.count(40);
    await queue.addMany([...one, ...one, ...one]);
    expect(await queue.counts()).toMatchObject({ working: 40, waiting: 120 });
    const wider = holdJobs(createQueue<string>(driver, 'crowds', { groupConcurrency: 3 }), 200);
    await wider.taken.count(80);
    expect(await queue.counts()).toMatchObject({ working: 120, waiting: 40 });
    for (const { finish } of [strict, wider]) finish();
    await until(async () => {
      const { working, waiting } = await queue.counts();
      return working + waiting === 0;
    });
    await Promise.all([strict.worker.close(), wider.worker.close()]);
  });

  it('groups: a job whose record another hand removed while it is at work frees its place when it is answered', async () => {
    const driver = await context.driver();
    for (const [name, fails] of [
      ['stripped', false],
      ['stripped-and-failing', true],
    ] as const) {
      const queue = createQueue<string>(driver, name, { groupConcurrency: 1 });
      const taken = collect<string>();
      let finish = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const worker = queue.work(async ({ id }) => {
        taken.push(id);
        await held;
        if (fails && id === 'a') throw new Error('planted');
      });
      await queue.add('a', { id: 'a', group: 'g' });
      await taken.count(1);
      await queue.add('b', { id: 'b', group: 'g' });
      await context.admin('HDEL', `pk:queue1:jobs:{${name}}`, 'a');
      finish();
      await taken.count(2);
      expect(taken.all).toEqual(['a', 'b']);
      await worker.close();
      expect(await context.admin('HEXISTS', `pk:queue1:control:{${name}}`, 'g:g')).toBe(0);
    }
  });

  it('groups: a parked job whose record another hand removed gives its turn to the next', async () => {
    const driver = await context.driver();
    for (const robbed of [1, 40]) {
      const name = `robbed-${robbed}`;
      const gone = Array.from({ length: robbed }, (_, i) => `b${i}`);
      const { taken, finish, worker } = await parkedBehindOne(driver, name, [...gone, 'c']);
      await context.admin('HDEL', `pk:queue1:jobs:{${name}}`, ...gone);
      finish();
      await taken.count(2);
      expect(taken.all).toEqual(['a', 'c']);
      await worker.close();
    }
  });

  it('groups: a job whose record another hand removed when its turn had come gives it to the next', async () => {
    const { queue, taken, finish, worker } = await parkedBehindOne(await context.driver(), 'mugged', [
      'b',
      'c',
    ]);
    await queue.pause();
    finish();
    await until(async () => Number(await context.admin('ZCARD', 'pk:queue1:parked:{mugged}')) === 1);
    await context.admin('HDEL', 'pk:queue1:jobs:{mugged}', 'b');
    await queue.resume();
    await taken.count(2);
    expect(taken.all).toEqual(['a', 'c']);
    await worker.close();
  });
}

/** A worker that holds what it takes until `finish`, and from then on nothing. */
function holdJobs(queue: Queue<string>, concurrency: number) {
  const taken = collect<string>();
  let finish = (): void => undefined;
  const holding = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const worker = queue.work(
    async ({ id }) => {
      taken.push(id);
      await holding;
    },
    { concurrency },
  );
  return { taken, worker, finish: () => finish() };
}

/** A queue that lets one of a group go at a time: `a` is at work, the others are parked behind it, in this order. */
async function parkedBehindOne(driver: Driver, name: string, ids: readonly string[]) {
  const queue = createQueue<string>(driver, name, { groupConcurrency: 1 });
  const held = holdJobs(queue, 1);
  await queue.add('a', { id: 'a', group: 'g' });
  await held.taken.count(1);
  await queue.addMany(ids.map((id) => ({ id, data: id, group: 'g' })));
  return { queue, ...held };
}
