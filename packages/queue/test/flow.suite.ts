import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createQueue, type Job, type Queue } from '../src/index.js';
import { collect, until } from './collect.js';

const again = { id: 'b', group: 'g', onDuplicate: 'replace' } as const;

/** What decides when a job is handed out: duplicates, groups, rates; and acts on many jobs. */
export function flowSuite(context: MatrixContext): void {
  it('replace: the last of many is done once, with a delay that begins anew', async () => {
    const queue = createQueue<string>(await context.driver(), 'debounce');
    const add = (data: string) => queue.add(data, { id: 'index', delay: '1h', onDuplicate: 'replace' });
    expect(await add('first')).toEqual({ id: 'index', added: true, replaced: false });
    expect(await add('second')).toEqual({ id: 'index', added: true, replaced: true });
    expect(await queue.counts()).toMatchObject({ delayed: 1, waiting: 0 });
    expect(await queue.add('third', { id: 'index', onDuplicate: 'replace' })).toMatchObject({
      replaced: true,
    });
    expect(await queue.counts()).toMatchObject({ delayed: 0, waiting: 1 });
    const done = collect<string>();
    await using _worker = queue.work(({ data }) => done.push(data));
    await done.count(1);
    expect(done.all).toEqual(['third']);
  });

  it('replace: the new job inherits neither failures nor the error nor the progress of the one it replaces', async () => {
    const queue = createQueue<string>(await context.driver(), 'heirs', {
      retry: { failures: 2, base: '1h', jitter: 'none' },
    });
    const attempts = collect<string>();
    const worker = queue.work(async (job) => {
      attempts.push(`${job.data} ${job.attempt}`);
      await job.progress('half way');
      throw new Error('no');
    });
    await queue.add('first', { id: 'x' });
    await until(async () => (await queue.job('x'))?.failures === 1);
    expect(await queue.add('second', { id: 'x', delay: '1h', onDuplicate: 'replace' })).toMatchObject({
      replaced: true,
    });
    expect(await queue.job('x')).toMatchObject({ failures: 0, lastError: '', progress: undefined });
    await queue.add('third', { id: 'x', onDuplicate: 'replace' });
    await attempts.count(2);
    // One more failure of the former's two would have been its end.
    await until(async () => (await queue.job('x'))?.failures === 1);
    expect(attempts.all).toEqual(['first 1', 'third 1']);
    expect(await queue.job('x')).toMatchObject({ state: 'delayed' });
    await worker.close();
  });

  it('replace leaves a job that is at work as it is', async () => {
    const queue = createQueue<string>(await context.driver(), 'busy');
    const taken = collect<Job<string>>();
    let finish = (): void => undefined;
    await using _worker = queue.work((job) => {
      taken.push(job);
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    await queue.add('first', { id: 'x' });
    await taken.count(1);
    expect(await queue.add('second', { id: 'x', onDuplicate: 'replace' })).toEqual({
      id: 'x',
      added: false,
      replaced: false,
    });
    expect(await queue.job('x')).toMatchObject({ data: 'first', state: 'working' });
    finish();
  });

  it('throttle: the first of many is done once, and its id rests for a while whatever became of it', async () => {
    const queue = createQueue<string>(await context.driver(), 'throttle');
    const done = collect<string>();
    await using _worker = queue.work(({ data }) => done.push(data));
    const add = (data: string) => queue.add(data, { id: 'mail', throttle: '1h' });
    expect(await add('first')).toMatchObject({ added: true });
    await done.count(1);
    await until(async () => (await queue.job('mail')) === undefined);
    expect(await add('second')).toMatchObject({ added: false });
    expect(await queue.add('third', { id: 'mail' })).toMatchObject({ added: true });
    if (context.column.memory) {
      await context.advance(3_600_000);
      expect(await add('fourth')).toMatchObject({ added: true });
    }
  });

  it('throttle: ids that rest no longer are forgotten as fast as they come', async () => {
    const queue = createQueue<number>(await context.driver(), 'rested');
    const some = (from: number) => Array.from({ length: 200 }, (_, i) => ({ data: i, id: `t${from + i}` }));
    for (const from of [0, 200, 400]) {
      await queue.addMany(some(from), { throttle: '5ms' });
      await context.advance(10);
    }
    // Of 600 those of the last act, and no more than were left of the one before.
    expect(Number(await context.admin('ZCARD', 'pk:queue1:throttled:{rested}'))).toBeLessThanOrEqual(200);
  });

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
    expect(await context.admin('HKEYS', 'pk:queue1:control:{groups}')).toEqual(['deliveries']);
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
    const taken = collect<string>();
    let finish = (): void => undefined;
    const worker = strict.work(
      ({ id }) => {
        taken.push(id);
        return new Promise<void>((resolve) => {
          finish = resolve;
        });
      },
      { concurrency: 5 },
    );
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
    const done = collect<string>();
    let finish = (): void => undefined;
    const holding = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await using _worker = queue.work(async ({ data }) => {
      done.push(data);
      await holding;
    });
    await queue.add('a1', { group: 'a' });
    await done.count(1);
    // Its group has its fill: they are parked at once, behind what waits already.
    for (const data of ['u1', 'u2', 'a2', 'u3', 'a3', 'u4']) {
      await context.advance(1);
      await queue.add(data, data.startsWith('a') ? { group: 'a' } : {});
    }
    expect(await context.admin('ZCARD', 'pk:queue1:parked:{turns}')).toBe(2);
    finish();
    await done.count(7);
    // By arrival: a3 was let go by a2 and still comes after u3.
    expect(done.all).toEqual(['a1', 'u1', 'u2', 'a2', 'u3', 'a3', 'u4']);
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
      ['moved', (queue: Queue<string>) => queue.add('B', { ...again, group: 'other' }), ['c', 'd', 'B']],
    ] as const) {
      const queue = createQueue<string>(driver, name, { groupConcurrency: 1 });
      const taken = collect<string>();
      let finish = (): void => undefined;
      const holding = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const worker = queue.work(async ({ data }) => {
        taken.push(data);
        await holding;
      });
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

  context.where(context.column.memory, 'a rate is exact only on a clock that is moved by hand')(
    'rate: over all workers no more is handed out than it allows, and no less',
    async () => {
      const options = { rate: { jobs: 10, per: '1s', burst: 3 } } as const;
      const queue = createQueue<number>(await context.driver(), 'rate', options);
      const other = createQueue<number>(await context.driver(), 'rate', options);
      const done = collect<number>();
      await using _first = queue.work(({ data }) => done.push(data), { concurrency: 5 });
      await using _second = other.work(({ data }) => done.push(data), { concurrency: 5 });
      await queue.addMany(Array.from({ length: 30 }, (_, i) => ({ data: i })));
      await done.count(3);
      expect(done.all).toHaveLength(3);
      for (let handed = 4; handed <= 13; handed++) {
        await context.advance(100);
        await done.count(handed);
        expect(done.all).toHaveLength(handed);
      }
    },
  );

  it('rate: a queue with one goes on by itself until all is done', async () => {
    const queue = createQueue<number>(await context.driver(), 'spaced', {
      rate: { jobs: 1000, per: '1s' },
    });
    await queue.addMany(Array.from({ length: 20 }, (_, i) => ({ data: i })));
    const done = collect<number>();
    await using _worker = queue.work(({ data }) => done.push(data), { concurrency: 5 });
    await until(async () => {
      await context.advance(1);
      return done.all.length === 20;
    });
    expect(done.all).toHaveLength(20);
  });

  it('many: drained, cancelled and listed by state', async () => {
    const queue = createQueue<number>(await context.driver(), 'many');
    await queue.addMany(Array.from({ length: 700 }, (_, i) => ({ data: i, id: `a${i}` })));
    await queue.addMany(Array.from({ length: 500 }, (_, i) => ({ data: i, id: `b${i}`, priority: 1 })));
    await queue.add(1, { id: 'late', delay: '1h' });
    expect((await queue.list('waiting', { limit: 2 })).map(({ id }) => id)).toEqual(['a0', 'a1']);
    expect((await queue.list('waiting', { limit: 3, skip: 699 })).map(({ id }) => id)).toEqual([
      'a699',
      'b0',
      'b1',
    ]);
    expect((await queue.list('delayed', { limit: 2 })).map(({ id }) => id)).toEqual(['late']);
    expect(await queue.cancel(['a0', 'b3', 'late', 'none'])).toBe(3);
    expect(await queue.drain()).toBe(1198);
    expect(await queue.counts()).toMatchObject({ waiting: 0, delayed: 0 });
    expect(await context.admin('EXISTS', 'pk:queue1:jobs:{many}')).toBe(0);
  });
}
