import type { Driver } from '@penknife/core';
import { type MatrixContext, slowDriver } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createQueue, type Job } from '../src/index.js';
import { collect, until } from './collect.js';

/** What decides when a job is handed out: duplicates and rates; and acts on many jobs. */
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
    const serverMicros = async (): Promise<number> => {
      const [seconds, micros] = (await context.admin('TIME')) as unknown[];
      return Number(seconds) * 1e6 + Number(micros);
    };
    const begunAt = await serverMicros();
    await using _worker = queue.work(({ data }) => done.push(data), { concurrency: 5 });
    await until(async () => {
      await context.advance(1);
      return done.all.length === 20;
    });
    expect(done.all).toHaveLength(20);
    // Nineteen of them a millisecond apart, by the server that hands them out.
    expect((await serverMicros()) - begunAt).toBeGreaterThanOrEqual(19_000);
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

  it('a queue is drained of as many as there were, however many come meanwhile', async () => {
    const driver = await context.driver();
    const honest = createQueue<number>(await context.driver(), 'steady');
    let rounds = 0;
    const busy: Driver = {
      ...driver,
      async send(command, options) {
        if (command.script?.name === 'queue/control' && ++rounds <= 10)
          await honest.addMany(Array.from({ length: 250 }, (_, i) => ({ data: i })));
        return driver.send(command, options);
      },
    };
    await honest.addMany(Array.from({ length: 300 }, (_, i) => ({ data: i })));
    expect(await createQueue<number>(busy, 'steady').drain()).toBe(300);
    expect(await honest.counts()).toMatchObject({ waiting: 500 });
    expect(await honest.drain()).toBe(500);
  });

  it('a deadline of a call is one for all its commands; what they did until then is done', async () => {
    const { driver: slow, given } = slowDriver(await context.driver(), 40_000);
    const honest = createQueue<number>(await context.driver(), 'late');
    const ids = Array.from({ length: 700 }, (_, i) => `a${i}`);
    await honest.addMany(ids.map((id, i) => ({ id, data: i })));
    const queue = createQueue<number>(slow, 'late', { deadlineMs: 90_000 });
    const late = { code: 'DEADLINE', deadlineMs: 100_000 };
    await expect(queue.remove(ids, { deadlineMs: 100_000 })).rejects.toMatchObject(late);
    expect(given.splice(0)).toEqual([100_000, 60_000, 20_000]);
    expect(await honest.counts()).toMatchObject({ waiting: 640 });
    await expect(queue.drain({ deadlineMs: 100_000 })).rejects.toMatchObject(late);
    expect(given.splice(0)).toEqual([100_000, 60_000, 20_000]);
    expect(await honest.counts()).toMatchObject({ waiting: 240 });
    // One of the options is each command's own.
    expect(await queue.drain()).toBe(240);
    expect(given.splice(0)).toEqual([90_000, 90_000, 90_000]);
    await expect(queue.drain({ deadlineMs: 0 })).rejects.toMatchObject({ argument: 'deadlineMs' });
    await expect(queue.remove(ids, { deadlineMs: 0 })).rejects.toMatchObject({ argument: 'deadlineMs' });
    // Its ids, then each of its jobs at once.
    await honest.addMany([1, 2, 3].map((data) => ({ data })));
    expect(await queue.list('waiting', { limit: 3, deadlineMs: 100_000 })).toHaveLength(3);
    expect(given.splice(0)).toEqual([100_000, 60_000, 60_000, 60_000]);
  });

  it('what waits for its group is drained too, behind any number whose records another hand removed', async () => {
    const queue = createQueue<string>(await context.driver(), 'emptied', { groupConcurrency: 1 });
    const started = collect<string>();
    let finish = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const worker = queue.work(async ({ id }) => {
      started.push(id);
      await held;
    });
    await queue.add('a', { id: 'a', group: 'g' });
    await started.count(1);
    const ids = Array.from({ length: 450 }, (_, i) => `b${i}`);
    await queue.addMany(ids.map((id) => ({ id, data: id, group: 'g' })));
    await context.admin('HDEL', 'pk:queue1:jobs:{emptied}', ...ids.slice(0, 400));
    expect(await queue.drain()).toBe(450);
    expect(await queue.counts()).toMatchObject({ waiting: 0, working: 1 });
    finish();
    await worker.close();
    expect(await context.admin('EXISTS', 'pk:queue1:jobs:{emptied}', 'pk:queue1:parked:{emptied}')).toBe(0);
  });

  it('many are removed in commands of few each, since each is looked for in all that waits', async () => {
    const queue = createQueue<number>(await context.driver(), 'few');
    const ids = Array.from({ length: 60 }, (_, i) => `j${i}`);
    await queue.addMany(ids.map((id, data) => ({ id, data })));
    await queue.remove('none');
    const { calls } = await context.counts(async () => {
      expect(await queue.remove([...ids.slice(0, 30), 'none'])).toBe(30);
      expect(await queue.cancel(ids)).toBe(30);
    });
    expect([calls.evalsha, calls.eval]).toEqual([5, undefined]);
  });
}
