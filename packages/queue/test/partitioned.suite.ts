import { ConnectionError, type Driver, slotOf } from '@penknife/core';
import { type MatrixContext, slowDriver } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createPartitionedQueue, type Job, queueKeys, type WorkerEvent } from '../src/index.js';
import { collect, until } from './collect.js';

const results = { keep: '1h' } as const;

/** A queue in several slots, with the words of one. */
export function partitionedSuite(context: MatrixContext): void {
  it('jobs are spread over slots; counted, listed, paused and drained as a whole', async () => {
    const queue = createPartitionedQueue<number>(await context.driver(), 'spread', { partitions: 6 });
    const keys = queueKeys.in('pk');
    expect(new Set([0, 1, 2, 3, 4, 5].map((i) => slotOf(keys.waiting(`spread@${i}`)))).size).toBe(6);
    const added = await queue.addMany(Array.from({ length: 90 }, (_, i) => ({ data: i, id: `job ${i}` })));
    expect(added).toEqual(
      Array.from({ length: 90 }, (_, i) => ({ id: `job ${i}`, added: true, replaced: false })),
    );
    await queue.add(90, { id: 'late', delay: '1h' });
    const each = await Promise.all([0, 1, 2, 3, 4, 5].map((i) => queue.partition(i).counts()));
    for (const { waiting } of each) expect(waiting).toBeGreaterThan(0);
    expect(await queue.counts()).toMatchObject({ waiting: 90, delayed: 1, paused: false });
    const all = await queue.list('waiting', { limit: 200 });
    expect(all.map(({ data }) => data).sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 90 }, (_, i) => i),
    );
    expect(await queue.list('waiting', { limit: 200, skip: 37 })).toEqual(all.slice(37));
    expect(await queue.list('waiting', { limit: 5, skip: 50 })).toEqual(all.slice(50, 55));
    await queue.partition(2).pause();
    expect(await queue.counts()).toMatchObject({ paused: false });
    await queue.pause();
    expect(await queue.counts()).toMatchObject({ paused: true });
    await queue.resume();
    expect(await queue.remove(['job 3', 'job 4', 'late', 'none'])).toBe(3);
    expect(await queue.drain()).toBe(88);
    expect(await queue.counts()).toMatchObject({ waiting: 0, delayed: 0 });
  });

  it('many are all checked before the first is sent: one that breaks a rule, and none is added', async () => {
    const driver = await context.driver();
    const queue = createPartitionedQueue<unknown>(driver, 'checked', { partitions: 4 });
    await queue.add(0, { id: 'first', delay: '1h' });
    const good = Array.from({ length: 20 }, (_, i) => ({ data: i, id: `j${i}` }));
    const { received } = await context.counts(async () => {
      for (const [bad, refusal] of [
        [{ data: 1, priority: 101 }, { argument: 'priority' }],
        [{ data: 1, group: '' }, { argument: 'group' }],
        [{ data: undefined }, { code: 'CODEC' }],
        [{ data: 'x'.repeat(2_000_000) }, { argument: 'data' }],
      ] as const)
        await expect(queue.addMany([...good, bad])).rejects.toMatchObject(refusal);
      await expect(queue.addMany(good, { delay: -1 })).rejects.toMatchObject({ argument: 'delay' });
      const fresh = createPartitionedQueue<unknown>(driver, 'fresh', { partitions: 4 });
      await expect(fresh.add(undefined)).rejects.toMatchObject({ code: 'CODEC' });
      expect(await fresh.addMany([])).toEqual([]);
    });
    expect(received).toBe(0);
    expect(await queue.counts()).toMatchObject({ waiting: 0, delayed: 1 });
  });

  it('`concurrency` is of the whole: never more handlers at once, and all of them are used', async () => {
    const queue = createPartitionedQueue<number>(await context.driver(), 'whole', { partitions: 5 });
    let [running, most] = [0, 0];
    const waiting: (() => void)[] = [];
    const done = collect<number>();
    await queue.addMany(Array.from({ length: 60 }, (_, i) => ({ data: i })));
    await using worker = queue.work(
      async ({ data }) => {
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => waiting.push(resolve));
        running--;
        done.push(data);
      },
      { concurrency: 7 },
    );
    while (done.all.length < 60) {
      // Together they use every place, as long as there is enough to do.
      await until(async () => running === Math.min(7, 60 - done.all.length));
      expect(worker.running).toBeGreaterThanOrEqual(running);
      waiting.shift()?.();
      await until(async () => running + done.all.length > 0);
    }
    expect(most).toBe(7);
    expect(new Set(done.all).size).toBe(60);
  });

  it('a busy partition keeps no other out, not even with one place', async () => {
    const queue = createPartitionedQueue<string>(await context.driver(), 'fair', {
      partitions: 8,
      partitionBy: 'group',
    });
    await queue.addMany(Array.from({ length: 200 }, () => ({ data: 'big', group: 'big' })));
    const small = Array.from({ length: 40 }, (_, i) => `small ${i}`).filter(
      (group) => queue.partitionOf('any', group) !== queue.partitionOf('any', 'big'),
    );
    await queue.addMany(small.map((group) => ({ data: 'small', group })));
    const done = collect<string>();
    await using _worker = queue.work(({ data }) => done.push(data), { concurrency: 1 });
    await done.count(200 + small.length);
    // They take turns: seven others with some forty jobs are through long before the two hundred.
    expect(done.all.lastIndexOf('small')).toBeLessThan(120);
  });

  it('an id is in the queue once; its job is waited for, looked at and cancelled by it', async () => {
    const here = createPartitionedQueue<number, number>(await context.driver(), 'ids', {
      partitions: 4,
      results,
    });
    const there = createPartitionedQueue<number, number>(await context.driver(), 'ids', {
      partitions: 4,
      results,
    });
    const add = () => here.add(1, { id: 'one', delay: '1h' });
    expect(await add()).toMatchObject({ added: true });
    expect(await add()).toMatchObject({ added: false });
    expect(await there.job('one')).toMatchObject({ data: 1, state: 'delayed' });
    expect(await there.cancel('one')).toBe(1);
    await using _worker = there.work(({ data }) => data * 2, { concurrency: 3 });
    const ends = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => here.finished((await here.add(i)).id)),
    );
    expect(ends).toEqual(Array.from({ length: 20 }, (_, i) => ({ kind: 'done', result: i * 2 })));
    expect(await here.finished('never')).toEqual({ kind: 'gone' });
  });

  it('by group: a group is in one partition and has its own concurrency; ids are looked for everywhere', async () => {
    const options = { partitions: 4, partitionBy: 'group', groupConcurrency: 1, results } as const;
    const queue = createPartitionedQueue<number, string>(await context.driver(), 'groups', options);
    await queue.addMany(Array.from({ length: 48 }, (_, i) => ({ data: i, id: `j${i}`, group: `g${i % 6}` })));
    expect(await queue.job('j5')).toMatchObject({ group: 'g5', data: 5 });
    expect(await queue.remove(['j0', 'j1', 'j2'])).toBe(3);
    const running = new Set<string>();
    const done = collect<Job<number>>();
    await using _worker = queue.work(
      async (job) => {
        expect(running.has(job.group ?? '')).toBe(false);
        running.add(job.group ?? '');
        await new Promise((resolve) => setImmediate(resolve));
        running.delete(job.group ?? '');
        done.push(job);
        return `${job.group} ${job.data}`;
      },
      { concurrency: 10 },
    );
    expect(await queue.finished('j47')).toEqual({ kind: 'done', result: 'g5 47' });
    await done.count(45);
    for (let g = 0; g < 6; g++) {
      const line = done.all.filter(({ group }) => group === `g${g}`).map(({ data }) => data);
      expect(line).toEqual([...line].sort((a, b) => a - b));
    }
    expect(await queue.finished('never')).toEqual({ kind: 'gone' });
  });

  it('a partition whose server is away keeps nobody else’s places, and goes on when it is back', async () => {
    const driver = await context.driver();
    let away = true;
    const tag = '{away@1}';
    const lame: Driver = {
      ...driver,
      send: (command, options) =>
        away && String(command.key).includes(tag) && command.script?.name === 'queue/advance'
          ? Promise.reject(new ConnectionError('away', { sent: 'no' }))
          : driver.send(command, options),
    };
    const queue = createPartitionedQueue<number>(lame, 'away', { partitions: 3 });
    const ids = Array.from({ length: 90 }, (_, i) => `j${i}`);
    await queue.addMany(ids.map((id, i) => ({ id, data: i })));
    const cut = ids.filter((id) => queue.partitionOf(id) === 1);
    const done = collect<string>();
    const errors = collect<WorkerEvent>();
    await using _worker = queue.work(({ id }) => done.push(id), {
      concurrency: 1,
      onEvent: (event) => errors.push(event),
    });
    await until(async () => {
      await context.advance(1);
      return done.all.length === ids.length - cut.length;
    });
    expect(done.all.some((id) => cut.includes(id))).toBe(false);
    expect(errors.all.length).toBeGreaterThan(0);
    away = false;
    await until(async () => {
      await context.advance(context.column.memory ? 100 : 1);
      return done.all.length === ids.length;
    });
  });

  it('closing gives back over all partitions', async () => {
    const queue = createPartitionedQueue<number>(await context.driver(), 'closing', { partitions: 3 });
    await queue.addMany(Array.from({ length: 12 }, (_, i) => ({ data: i })));
    const taken = collect<Job<number>>();
    const worker = queue.work(
      (job) => {
        taken.push(job);
        return new Promise((resolve) => job.signal.addEventListener('abort', resolve));
      },
      { concurrency: 5 },
    );
    await taken.count(5);
    expect(worker.running).toBe(5);
    await worker.close({ grace: 0 });
    expect(worker.running).toBe(0);
    expect(await queue.counts()).toMatchObject({ waiting: 12, working: 0 });
  });

  it('another number of partitions is refused before anything is added; a worker is told', async () => {
    const driver = await context.driver();
    const queue = createPartitionedQueue<number>(driver, 'shape', { partitions: 4 });
    await queue.add(1, { id: 'a' });
    for (const options of [{ partitions: 5 }, { partitions: 4, partitionBy: 'group' }] as const) {
      const other = createPartitionedQueue<number>(driver, 'shape', options);
      await expect(other.add(1)).rejects.toMatchObject({ argument: 'partitions' });
      await expect(other.addMany([{ data: 1 }])).rejects.toMatchObject({ argument: 'partitions' });
      const events = collect<WorkerEvent>();
      await using _worker = other.work(() => new Promise(() => undefined), {
        onEvent: (event) => events.push(event),
      });
      await events.count(1);
      expect(events.all).toMatchObject([{ kind: 'error', error: { argument: 'partitions' } }]);
      await _worker.close({ grace: 0 });
    }
    expect(await queue.counts()).toMatchObject({ waiting: 1 });
    await context.admin('DEL', queueKeys.in('pk').shape('shape'));
    await context.admin('HSET', queueKeys.in('pk').shape('shape'), 'not', 'ours');
    const stranger = createPartitionedQueue<number>(driver, 'shape', { partitions: 4 });
    await expect(stranger.add(1)).rejects.toMatchObject({ code: 'QUEUE_KEY' });
    await context.admin('DEL', queueKeys.in('pk').shape('shape'));
  });

  it('a deadline of a call is one for all it sends, also before it is added, and from partition to partition', async () => {
    const { driver: slow, given } = slowDriver(await context.driver(), 10_000);
    const queue = createPartitionedQueue<number>(slow, 'late', { partitions: 2, deadlineMs: 80_000 });
    const id = (partition: number): string =>
      ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].find((one) => queue.partitionOf(one) === partition) ?? '';
    const jobs = [0, 1].map((data) => ({ data, id: id(data) }));
    await expect(queue.addMany(jobs, { deadlineMs: 0 })).rejects.toMatchObject({ argument: 'deadlineMs' });
    expect(given.splice(0)).toEqual([]);
    await queue.addMany(jobs, { deadlineMs: 100_000 });
    // What is asked once, for all that are added at first, has the queue's own.
    expect(given.splice(0)).toEqual([80_000, 90_000, 90_000]);
    expect(await queue.list('waiting', { limit: 5, deadlineMs: 100_000 })).toHaveLength(2);
    expect(given.splice(0)).toEqual([100_000, 100_000, 80_000, 70_000, 60_000, 50_000]);
    await expect(queue.list('waiting', { limit: 5, deadlineMs: 45_000 })).rejects.toMatchObject({
      code: 'DEADLINE',
    });
    expect(given.splice(0)).toEqual([45_000, 45_000, 25_000, 15_000, 5_000]);
  });

  it('what is asked before the first job is added is nobody’s own: who gives up leaves it to the others', async () => {
    const driver = await context.driver();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked = 0;
    const slow: Driver = {
      ...driver,
      async send(command, options) {
        if (command.script?.name === 'queue/shape') {
          asked++;
          await held;
          options?.signal?.throwIfAborted();
        }
        return driver.send(command, options);
      },
    };
    const queue = createPartitionedQueue<string>(slow, 'first', { partitions: 3 });
    const leaving = new AbortController();
    const given = expect(queue.add('a', { id: 'a', signal: leaving.signal })).rejects.toMatchObject({
      code: 'ABORTED',
      sent: 'no',
    });
    const late = expect(queue.add('b', { id: 'b', deadlineMs: 20 })).rejects.toMatchObject({
      code: 'DEADLINE',
    });
    const stays = queue.add('c', { id: 'c' });
    leaving.abort();
    await given;
    await context.advance(20);
    await late;
    await expect(queue.add('d', { id: 'd', signal: leaving.signal })).rejects.toMatchObject({ sent: 'no' });
    release();
    expect(await stays).toMatchObject({ added: true });
    expect(asked).toBe(1);
    expect(await queue.counts()).toMatchObject({ waiting: 1 });
    const fresh = createPartitionedQueue<string>(slow, 'first', { partitions: 3 });
    await expect(fresh.add('d', { signal: leaving.signal })).rejects.toMatchObject({ sent: 'no' });
    expect(asked).toBe(1);
  });

  it('by group, an end is waited for no longer than `timeoutMs`, also while the partitions are asked where it is', async () => {
    const driver = await context.driver();
    let silent = true;
    const deaf: Driver = {
      ...driver,
      send: (command, options) =>
        silent && String(command.key).includes('{deaf@1}')
          ? new Promise(() => undefined)
          : driver.send(command, options),
    };
    const options = { partitions: 3, partitionBy: 'group', results } as const;
    const queue = createPartitionedQueue<number>(deaf, 'deaf', options);
    const end = queue.finished('x', { timeoutMs: 20 });
    await context.advance(20);
    expect(await end).toEqual({ kind: 'timeout' });
    await expect(queue.finished('x', { timeoutMs: -1 })).rejects.toMatchObject({ argument: 'timeoutMs' });
    await expect(queue.finished('', { timeoutMs: 20 })).rejects.toMatchObject({ argument: 'id' });
    silent = false;
    expect(await queue.finished('x', { timeoutMs: 60_000 })).toEqual({ kind: 'gone' });
  });

  it('options that break a rule are refused by their name', async () => {
    const driver = await context.driver();
    const make = (options: object) => () =>
      createPartitionedQueue(driver, 'q', { partitions: 2, ...options } as never);
    for (const [argument, options] of [
      ['partitions', { partitions: 0 }],
      ['partitions', { partitions: 257 }],
      ['partitions', { partitions: 1.5 }],
      ['partitions', { partitions: undefined }],
      ['partitionBy', { partitionBy: 'key' }],
      ['rate', { rate: { jobs: 1, per: '1s' } }],
      ['groupConcurrency', { groupConcurrency: 2 }],
      ['deadLetters', { deadLetters: 0 }],
      ['results.most', { results: { keep: '1h', most: 0 } }],
    ] as const)
      expect(make(options), argument).toThrow(expect.objectContaining({ argument }));
    expect(() => createPartitionedQueue(driver, 'a@1', { partitions: 2 })).toThrow(
      expect.objectContaining({ argument: 'name' }),
    );
    const queue = createPartitionedQueue<number>(driver, 'q', { partitions: 2 });
    await expect(queue.add(1, { id: '' })).rejects.toMatchObject({ argument: 'id' });
    await expect(queue.list('waiting', { limit: 0 })).rejects.toMatchObject({ argument: 'limit' });
    await expect(queue.finished('x')).rejects.toMatchObject({ argument: 'results' });
    expect(() => queue.partition(2)).toThrow(expect.objectContaining({ argument: 'index' }));
    expect(() => queue.work(undefined as never)).toThrow(expect.objectContaining({ argument: 'handler' }));
  });
}
