import type { Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { createChaosDriver } from '@penknife/testing';
import { expect, it } from 'vitest';
import {
  createPartitionedQueue,
  createQueue,
  type Job,
  UnrecoverableJobError,
  type WorkerEvent,
} from '../src/index.js';
import { collect, until } from './collect.js';

/** Adding, working, failing, on whatever the context runs on. */
export function queueSuite(context: MatrixContext): void {
  it('the everyday way: add, work, done', async () => {
    const queue = createQueue<{ to: string }>(await context.driver(), 'emails');
    const jobs = collect<Job<{ to: string }>>();
    await using _worker = queue.work((job) => jobs.push(job));
    const { id, added } = await queue.add({ to: 'ann' });
    expect(added).toBe(true);
    await jobs.count(1);
    expect(jobs.all[0]).toMatchObject({ id, data: { to: 'ann' }, attempt: 1, delivery: 1, priority: 0 });
    await until(async () => (await queue.job(id)) === undefined);
    expect(await queue.counts()).toEqual({
      waiting: 0,
      delayed: 0,
      working: 0,
      dead: 0,
      done: 0,
      paused: false,
    });
  });

  it('first come, first served; many in one command', async () => {
    const queue = createQueue<number>(await context.driver(), 'numbers');
    const { calls } = await context.counts(() =>
      queue.addMany(Array.from({ length: 300 }, (_, i) => ({ data: i }))),
    );
    expect((calls.evalsha ?? 0) + (calls.eval ?? 0)).toBeLessThanOrEqual(2);
    const done = collect<number>();
    await using _worker = queue.work(({ data }) => done.push(data), { concurrency: 1 });
    await done.count(300);
    expect(done.all).toEqual(Array.from({ length: 300 }, (_, i) => i));
  });

  it('no job is handed to two workers, and never more than `concurrency` to one', async () => {
    const queue = createQueue<number>(await context.driver(), 'shared');
    const others = await Promise.all(
      [1, 2, 3].map(async () => createQueue<number>(await context.driver(), 'shared')),
    );
    const done = collect<number>();
    let most = 0;
    const workers = others.map((other) => {
      let running = 0;
      return other.work(
        async ({ data }) => {
          most = Math.max(most, ++running);
          await Promise.resolve();
          running--;
          done.push(data);
        },
        { concurrency: 4 },
      );
    });
    await queue.addMany(Array.from({ length: 200 }, (_, i) => ({ data: i })));
    await done.count(200);
    await Promise.all(workers.map((worker) => worker.close()));
    expect(new Set(done.all).size).toBe(200);
    expect(done.all).toHaveLength(200);
    expect(most).toBeLessThanOrEqual(4);
    expect(await queue.counts()).toMatchObject({ waiting: 0, working: 0 });
  });

  it('trap 1: an add that is repeated after a lost answer adds once', async () => {
    let lose = true;
    const chaos = createChaosDriver(await context.driver(), {
      seed: 1,
      plan: () => (lose ? 'drop-after' : undefined),
    });
    const queue = createQueue<string>(chaos.driver, 'once');
    await expect(queue.add('a', { id: 'order-7' })).rejects.toMatchObject({ sent: 'maybe' });
    lose = false;
    expect(await queue.add('a', { id: 'order-7' })).toEqual({ id: 'order-7', added: false, replaced: false });
    expect(await queue.counts()).toMatchObject({ waiting: 1 });
  });

  it('trap 1: where an answer is lost and the driver sends again, what has no id of its own is added all the same', async () => {
    const driver = await context.driver();
    const twice: Driver = {
      ...driver,
      send: async (command, options) => {
        if (command.repeatable) await driver.send(command, options);
        return driver.send(command, options);
      },
    };
    const queue = createQueue<number>(twice, 'again');
    expect(await queue.add(1)).toMatchObject({ added: true, replaced: false });
    expect(await queue.addMany([{ data: 2 }, { data: 3, priority: 1 }])).toMatchObject([
      { added: true },
      { added: true },
    ]);
    // Of an id that is given nobody knows whose it is.
    expect(await queue.add(4, { id: 'given' })).toMatchObject({ added: false });
    const parts = createPartitionedQueue<number>(twice, 'again', { partitions: 2 });
    expect(await parts.add(1)).toMatchObject({ added: true });
    expect(await queue.counts()).toMatchObject({ waiting: 4 });
    expect(await parts.counts()).toMatchObject({ waiting: 1 });
  });

  it('trap 2: failures are tried again with a wait, then dead letters, with their error; replay begins anew', async () => {
    const driver = await context.driver();
    const queue = createQueue<string>(driver, 'failing', {
      retry: { failures: 3, base: '5ms', jitter: 'none' },
    });
    const attempts = collect<number>();
    const events = collect<WorkerEvent>();
    let heal = false;
    await using _worker = queue.work(
      ({ attempt }) => {
        attempts.push(attempt);
        if (!heal) throw new TypeError(`no. ${attempt}`);
      },
      { onEvent: (event) => events.push(event) },
    );
    await queue.add('x', { id: 'bad' });
    await attempts.count(1);
    await context.advance(15);
    await attempts.count(2);
    await context.advance(25);
    await attempts.count(3);
    await until(async () => (await queue.counts()).dead === 1);
    expect(attempts.all).toEqual([1, 2, 3]);
    expect(events.all.map(({ kind }) => kind)).toEqual(['failed', 'failed', 'dead']);
    expect(await queue.list('dead', { limit: 10 })).toMatchObject([
      { id: 'bad', state: 'dead', failures: 3, lastError: 'TypeError: no. 3', data: 'x' },
    ]);
    heal = true;
    expect(await queue.replay(['bad', 'other'])).toBe(1);
    await attempts.count(4);
    expect(attempts.all[3]).toBe(1);
    await until(async () => (await queue.job('bad')) === undefined);
  });

  it('trap 3: what can never succeed is a dead letter at once: hopeless, of another codec, not fitting the schema', async () => {
    const driver = await context.driver();
    const loose = createQueue<unknown>(driver, 'poison');
    await loose.add({ wrong: true }, { id: 'misfit' });
    await loose.add({ to: 'ann' }, { id: 'hopeless' });
    const strict = createQueue<{ to: string }>(driver, 'poison', {
      schema: {
        '~standard': {
          version: 1,
          vendor: 'test',
          validate: (value) =>
            typeof (value as { to?: unknown }).to === 'string'
              ? { value: value as { to: string } }
              : { issues: [{ message: 'must be a string', path: ['to'] }] },
        },
      },
    });
    await expect(strict.add({ to: 7 as unknown as string })).rejects.toMatchObject({ code: 'SCHEMA' });
    const seen = collect<string>();
    await using _worker = strict.work(({ id }) => {
      seen.push(id);
      throw new UnrecoverableJobError('no such user');
    });
    await until(async () => (await strict.counts()).dead === 2);
    expect(seen.all).toEqual(['hopeless']);
    expect((await strict.job('misfit'))?.data).toBeUndefined();
    expect((await strict.job('hopeless'))?.lastError).toContain('no such user');
    expect(await strict.discard(['misfit', 'hopeless'])).toBe(2);
    expect(await strict.counts()).toMatchObject({ dead: 0 });
  });

  it('trap 4: a priority goes first, but what waited longer than its head start is never overtaken', async () => {
    const queue = createQueue<string>(await context.driver(), 'ranked', { priorityStep: '20ms' });
    await queue.add('old');
    await queue.add('low', { priority: -1 });
    await context.advance(30);
    await queue.add('high', { priority: 1 });
    await queue.add('higher', { priority: 2 });
    await queue.add('new');
    const done = collect<string>();
    await using _worker = queue.work(({ data }) => done.push(data));
    await done.count(5);
    expect(done.all.indexOf('higher')).toBeLessThan(done.all.indexOf('new'));
    expect(done.all.indexOf('old')).toBeLessThan(done.all.indexOf('high'));
    expect(done.all.indexOf('low')).toBeLessThan(done.all.indexOf('new'));
  });

  it('trap 4: so does what becomes ready later: after a delay, and as a dead letter that is replayed', async () => {
    const queue = createQueue<string>(await context.driver(), 'ranked-later', { retry: { failures: 1 } });
    const order = collect<string>();
    let fails = true;
    for (const [data, priority] of [
      ['low', 0],
      ['lower', 0],
      ['high', 10],
    ] as const)
      await queue.add(data, { priority, id: data, delay: '40ms' });
    await context.advance(60);
    await using _worker = queue.work(({ data }) => {
      order.push(data);
      if (fails) throw new Error('planted');
    });
    await until(async () => (await queue.counts()).dead === 3);
    expect(order.all).toEqual(['high', 'low', 'lower']);
    fails = false;
    await queue.pause();
    expect(await queue.replay(['low', 'lower', 'high'])).toBe(3);
    await queue.resume();
    await order.count(6);
    expect(order.all.slice(3)).toEqual(['high', 'low', 'lower']);
  });

  it('a handler may throw what cannot be turned into text', async () => {
    const queue = createQueue<string>(await context.driver(), 'unreadable', { retry: { failures: 1 } });
    await using _worker = queue.work(() => {
      throw Object.create(null);
    });
    await queue.add('any', { id: 'any' });
    await until(async () => (await queue.counts()).dead === 1);
    expect((await queue.job('any'))?.lastError).toBe('something that cannot be read');
  });

  it('trap 5: a delayed job is handed out when it is due by the server, to a worker that was idle', async () => {
    const queue = createQueue<string>(await context.driver(), 'later');
    const done = collect<string>();
    await using _worker = queue.work(({ data }) => done.push(data));
    await queue.add('later', { delay: '60ms', id: 'later' });
    await queue.add('sooner', { delay: '20ms' });
    await queue.add('much later', { delay: '1h', id: 'much-later' });
    expect(await queue.job('much-later')).toMatchObject({ state: 'delayed', data: 'much later' });
    await context.advance(75);
    await done.count(2);
    // On a server a slow machine may add the sooner one too late to be first.
    const order = context.column.memory ? done.all : [...done.all].sort().reverse();
    expect(order).toEqual(['sooner', 'later']);
    expect(await queue.counts()).toMatchObject({ delayed: 1 });
  });

  it('scheduled: at an instant by the server’s clock, which lists show; one in the past is now', async () => {
    const queue = createQueue<string>(await context.driver(), 'scheduled');
    const at = context.clock.now() + 3_600_000;
    await queue.add('on the hour', { id: 'hour', at: new Date(at) });
    await queue.addMany([{ data: 'sooner', id: 'sooner' }], { at: at - 1000 });
    expect(await queue.list('delayed', { limit: 5 })).toMatchObject([
      { id: 'sooner', state: 'delayed', dueAtMs: at - 1000, endedAtMs: undefined },
      { id: 'hour', dueAtMs: at },
    ]);
    await queue.add('late already', { id: 'late', at: 1 });
    expect(await queue.job('late')).toMatchObject({ state: 'waiting', dueAtMs: undefined });
    await queue.add('soon', { id: 'soon', at: context.clock.now() + 40 });
    const done = collect<string>();
    await using _worker = queue.work(({ data }) => done.push(data));
    await done.count(1);
    await context.advance(60);
    await done.count(2);
    expect(done.all).toEqual(['late already', 'soon']);
  });

  it('dead letters are listed with when they died, the latest first, and are forgotten by age and count', async () => {
    const queue = createQueue<string>(await context.driver(), 'aged', {
      retry: { failures: 1 },
      deadLetters: 3,
      deadLettersFor: '1h',
    });
    const before = context.clock.now();
    await using _worker = queue.work(({ data }) => {
      if (data === 'bad') throw new Error('no');
    });
    for (const id of ['a', 'b', 'c', 'd']) {
      await queue.add('bad', { id });
      await until(async () => (await queue.job(id))?.state === 'dead');
      await context.advance(2);
    }
    const dead = await queue.list('dead', { limit: 10 });
    expect(dead.map(({ id }) => id)).toEqual(['d', 'c', 'b']);
    for (const { endedAtMs } of dead) expect(endedAtMs).toBeGreaterThanOrEqual(before);
    // As if it had died long ago.
    await context.admin('ZADD', 'pk:queue1:dead:{aged}', 1, 'c');
    await queue.add('good');
    await until(async () => (await queue.job('c')) === undefined);
    expect((await queue.list('dead', { limit: 10 })).map(({ id }) => id)).toEqual(['d', 'b']);
  });

  it('trap 6: an idle worker sends nothing', async () => {
    const queue = createQueue<string>(await context.driver(), 'idle');
    const done = collect<string>();
    await using _worker = queue.work(({ data }) => done.push(data), { concurrency: 5 });
    await queue.add('warm');
    await done.count(1);
    await until(async () => (await queue.counts()).working === 0);
    // A word that was on its way while its job was done costs one more look.
    await until(async () => (await context.counts(() => context.advance(90))).received === 0);
  });

  context.where(context.column.memory, 'minutes pass only on a clock that is moved by hand')(
    'trap 6: in an hour an idle worker looks once every `poll`, and sends nothing else',
    async () => {
      const queue = createQueue<string>(await context.driver(), 'idle');
      await using _worker = queue.work(() => undefined, { concurrency: 5, poll: '1m' });
      await context.advance(1);
      const { calls } = await context.counts(() => context.advance(3_600_000));
      // The commands inside of the looks count, too: nobody sends them.
      const { evalsha, eval: evaluated, ping } = calls;
      expect({ evalsha, evaluated, ping }).toEqual({ evalsha: 60, evaluated: undefined, ping: undefined });
    },
  );

  it('one command an act, whatever it looks at', async () => {
    const queue = createQueue<string>(await context.driver(), 'trips');
    await queue.addMany([{ data: 'x', id: 'a' }, { data: 'y' }]);
    await queue.add('z', { priority: 1 });
    await queue.counts();
    await queue.pause();
    const { calls } = await context.counts(async () => {
      await queue.add('x');
      await queue.counts();
      await queue.job('a');
      await queue.remove(['a', 'b']);
    });
    expect([calls.evalsha, calls.eval]).toEqual([4, undefined]);
  });

  it('what an everyday add costs: four commands in the server, and two keys to send', async () => {
    const queue = createQueue<string>(await context.driver(), 'cheap');
    await queue.add('first');
    const { calls } = await context.counts(() => queue.add('second'));
    const { evalsha, time, llen, hsetnx, rpush, ...others } = calls;
    expect({ evalsha, time, llen, hsetnx, rpush }).toEqual({
      evalsha: 1,
      time: 1,
      llen: 1,
      hsetnx: 1,
      rpush: 1,
    });
    expect(others).toEqual({});
  });

  it('what a busy worker costs: less than two commands in the server a job, settling and taking together', async () => {
    const driver = await context.driver();
    const queue = createQueue<string>(driver, 'bulk');
    const done = collect<string>();
    await queue.addMany(Array.from({ length: 400 }, () => ({ data: 'x' })));
    const { received } = await context.counts(async () => {
      const worker = queue.work(({ data }) => done.push(data), { concurrency: 200 });
      await done.count(400);
      await worker.close();
    });
    expect(received).toBeLessThan(800);
  });

  it('trap 14: a job whose record another hand removed stops nobody: it is dropped when its turn comes', async () => {
    const queue = createQueue<string>(await context.driver(), 'holes', { results: { keep: '1h' } });
    await queue.addMany(['a', 'b', 'c'].map((id) => ({ id, data: id })));
    await queue.addMany(['d', 'e'].map((id) => ({ id, data: id, priority: 1, group: 'g' })));
    await queue.add('f', { id: 'f', delay: 1 });
    await context.admin('HDEL', 'pk:queue1:jobs:{holes}', 'a', 'b', 'd', 'f');
    const done = collect<string>();
    await using _worker = queue.work(({ id }) => done.push(id));
    await done.count(2);
    await until(async () => {
      await context.advance(1);
      const { waiting, delayed, working } = await queue.counts();
      return waiting + delayed + working === 0;
    });
    expect([...done.all].sort()).toEqual(['c', 'e']);
    expect(await queue.finished('a')).toEqual({ kind: 'gone' });
  });

  it('a paused queue hands nothing out; what is removed is not handed out', async () => {
    const queue = createQueue<string>(await context.driver(), 'paused');
    const done = collect<string>();
    await queue.pause();
    await using _worker = queue.work(({ data }) => done.push(data));
    await queue.add('a', { id: 'a' });
    await queue.add('b', { id: 'b' });
    await queue.add('c', { id: 'c', priority: 3 });
    await queue.add('d', { id: 'd', delay: '1h' });
    expect(await queue.counts()).toEqual({
      waiting: 3,
      delayed: 1,
      working: 0,
      dead: 0,
      done: 0,
      paused: true,
    });
    for (const id of ['a', 'c', 'd']) expect(await queue.remove(id), id).toBe(1);
    expect(await queue.remove('a')).toBe(0);
    expect(done.all).toEqual([]);
    await queue.resume();
    await done.count(1);
    expect(done.all).toEqual(['b']);
  });
}
