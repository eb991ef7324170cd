import type { Clock, Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createQueue, type Job, UnrecoverableJobError, type WorkerEvent } from '../src/index.js';
import { collect, until } from './collect.js';

const results = { keep: '1h' } as const;

/** Results, waiting for them, progress, cancelling. */
export function resultsSuite(context: MatrixContext): void {
  it('whoever waits for a job hears its result, before and after it is done, in this process or another', async () => {
    const here = createQueue<number, { square: number }>(await context.driver(), 'squares', { results });
    const there = createQueue<number, { square: number }>(await context.driver(), 'squares', { results });
    await here.add(7, { id: 'seven' });
    const early = here.finished('seven');
    await using _worker = there.work(({ data }) => ({ square: data * data }));
    expect(await early).toEqual({ kind: 'done', result: { square: 49 } });
    expect(await there.finished('seven')).toEqual({ kind: 'done', result: { square: 49 } });
    expect(await here.job('seven')).toMatchObject({ state: 'done', result: { square: 49 }, data: undefined });
    expect(await here.list('done', { limit: 5 })).toMatchObject([{ id: 'seven' }]);
    expect(await here.counts()).toMatchObject({ done: 1 });
  });

  it('trap 13: no moment between adding and waiting loses an end: many jobs, waited for at once', async () => {
    const queue = createQueue<number, number>(await context.driver(), 'race', { results });
    const worker = createQueue<number, number>(await context.driver(), 'race', { results });
    await using _worker = worker.work(({ data }) => data + 1, { concurrency: 8 });
    const ends = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const { id } = await queue.add(i);
        return queue.finished(id);
      }),
    );
    expect(ends).toEqual(Array.from({ length: 60 }, (_, i) => ({ kind: 'done', result: i + 1 })));
  });

  it('a kept result makes an id used: an add repeated after the job was done adds nothing', async () => {
    const queue = createQueue<number>(await context.driver(), 'used', { results });
    await using _worker = queue.work(() => undefined);
    await queue.add(1, { id: 'a' });
    expect(await queue.finished('a')).toEqual({ kind: 'done', result: undefined });
    expect(await queue.add(1, { id: 'a' })).toEqual({ id: 'a', added: false, replaced: false });
  });

  it('a dead job is told with its error, one that is removed or never was as gone', async () => {
    const queue = createQueue<string>(await context.driver(), 'ends', { results });
    await queue.add('x', { id: 'dies' });
    await queue.add('x', { id: 'goes', delay: '1h' });
    const [dies, goes] = [queue.finished('dies'), queue.finished('goes')];
    await using _worker = queue.work(() => {
      throw new UnrecoverableJobError('no such user');
    });
    expect(await dies).toMatchObject({ kind: 'dead', failures: 1 });
    expect(await queue.remove('goes')).toBe(1);
    expect(await goes).toEqual({ kind: 'gone' });
    expect(await queue.finished('never')).toEqual({ kind: 'gone' });
    // Removed is not done: the id is free again.
    expect(await queue.add('x', { id: 'goes', delay: '1h' })).toMatchObject({ added: true });
  });

  it('waiting ends with its time or its signal, and leaves no subscription behind', async () => {
    const driver = await context.driver();
    const queue = createQueue<string>(driver, 'patience', { results });
    await queue.add('x', { id: 'slow' });
    const late = queue.finished('slow', { timeoutMs: 20 });
    const leaving = new AbortController();
    const left = queue.finished('slow', { signal: leaving.signal });
    leaving.abort(new Error('enough'));
    const aborted = { code: 'ABORTED', cause: leaving.signal.reason };
    await expect(left).rejects.toMatchObject(aborted);
    await expect(queue.finished('slow', { signal: leaving.signal })).rejects.toMatchObject({
      ...aborted,
      sent: 'no',
    });
    await context.advance(25);
    expect(await late).toEqual({ kind: 'timeout' });
    await until(async () => subscribers(await context.admin('PUBSUB', 'NUMSUB', events('patience'))) === 0);
  });

  it('waiting that cannot listen, even if that is thrown at once, fails and leaves no timer behind', async () => {
    const driver = await context.driver();
    let timers = 0;
    const timer: Clock['timer'] = (ms, due) => {
      timers++;
      const armed = driver.clock.timer(ms, due);
      return {
        cancel() {
          timers--;
          armed.cancel();
        },
      };
    };
    let deaf = true;
    const fails: Driver['openFeed'] = (...given) => {
      if (deaf) throw new Error('no ears');
      return driver.openFeed(...given);
    };
    const clock: Clock = { ...driver.clock, timer };
    const queue = createQueue<string>({ ...driver, clock, openFeed: fails }, 'deaf', { results });
    await queue.add('x', { id: 'a', delay: '1h' });
    await expect(queue.finished('a', { timeoutMs: 60_000 })).rejects.toThrow('no ears');
    expect(timers).toBe(0);
    deaf = false;
    const heard = queue.finished('a', { timeoutMs: 60_000 });
    await queue.remove('a');
    expect(await heard).toEqual({ kind: 'gone' });
    expect(timers).toBe(0);
  });

  it('progress is kept and told, and refused once the job is somebody else’s', async () => {
    const queue = createQueue<string, string>(await context.driver(), 'progress', { results });
    const taken = collect<Job<string>>();
    let finish = (): void => undefined;
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await using _worker = queue.work(async (job) => {
      taken.push(job);
      await done;
      return 'ready';
    });
    await queue.add('x', { id: 'film' });
    const seen = collect<unknown>();
    const end = queue.finished('film', { onProgress: (progress) => seen.push(progress) });
    await taken.count(1);
    const [job] = taken.all;
    expect(await job?.progress({ percent: 40 })).toBe(true);
    await seen.count(1);
    expect(seen.all).toEqual([{ percent: 40 }]);
    expect(await queue.job('film')).toMatchObject({ state: 'working', progress: { percent: 40 } });
    await expect(job?.progress('x'.repeat(2_000_000))).rejects.toMatchObject({ argument: 'progress' });
    finish();
    expect(await end).toEqual({ kind: 'done', result: 'ready' });
    expect(await job?.progress({ percent: 100 })).toBe(false);
  });

  it('a cancelled job at work hears it at once, and its answer counts no more', async () => {
    const queue = createQueue<string>(await context.driver(), 'cancelled', { results });
    const other = createQueue<string>(await context.driver(), 'cancelled', { results });
    const events = collect<WorkerEvent>();
    const reasons = collect<unknown>();
    const taken = collect<string>();
    await using worker = queue.work(
      (job) => {
        taken.push(job.id);
        return new Promise((_, reject) =>
          job.signal.addEventListener('abort', () => {
            reasons.push(job.signal.reason);
            reject(new Error('stopped'));
          }),
        );
      },
      { onEvent: (event) => events.push(event) },
    );
    await other.add('x', { id: 'long' });
    const end = other.finished('long');
    await taken.count(1);
    expect(await other.cancel(['long', 'never'])).toBe(1);
    expect(await end).toEqual({ kind: 'gone' });
    await reasons.count(1);
    expect(reasons.all).toMatchObject([{ code: 'JOB_LOST', reason: 'cancelled' }]);
    expect(events.all).toEqual([{ kind: 'cancelled', id: 'long' }]);
    expect(await other.counts()).toMatchObject({ waiting: 0, working: 0, delayed: 0, dead: 0, done: 0 });
    expect(worker.running).toBe(0);
  });

  it('cancelled between its answer and the round that brings it: told once, and no place is given twice', async () => {
    const driver = await context.driver();
    const other = createQueue<string>(await context.driver(), 'between', { results });
    const events = collect<WorkerEvent>();
    const [taken, rounds] = [collect<Job<string>>(), collect<string>()];
    let answer = (): void => undefined;
    let hold: Promise<void> | undefined;
    const slow: Driver = {
      ...driver,
      async send(command, options) {
        if (command.script?.name === 'queue/advance') {
          rounds.push('asked');
          await hold;
        }
        return driver.send(command, options);
      },
    };
    let [running, most] = [0, 0];
    await using _worker = createQueue<string>(slow, 'between', { results }).work(
      async (job) => {
        most = Math.max(most, ++running);
        taken.push(job);
        if (job.id === 'first')
          await new Promise((resolve) => {
            job.signal.addEventListener('abort', resolve);
          });
        if (job.id === 'a')
          await new Promise<void>((resolve) => {
            answer = resolve;
          });
        running--;
      },
      { concurrency: 1, onEvent: (event) => events.push(event) },
    );
    // Once it has heard of this one, its subscription lives.
    await other.add('x', { id: 'first' });
    await taken.count(1);
    expect(await other.cancel('first')).toBe(1);
    await events.count(1);
    await other.add('x', { id: 'a' });
    await taken.count(2);
    let release = (): void => undefined;
    hold = new Promise<void>((resolve) => {
      release = resolve;
    });
    const before = rounds.all.length;
    answer();
    await rounds.count(before + 1);
    expect(await other.cancel('a')).toBe(1);
    await events.count(2);
    await other.addMany([{ data: 'y' }, { data: 'z' }]);
    release();
    hold = undefined;
    await taken.count(4);
    await until(async () => (await other.counts()).done === 2);
    expect(most).toBe(1);
    expect(events.all).toEqual(['first', 'a'].map((id) => ({ kind: 'cancelled', id })));
  });

  context.where(context.column.memory, 'an hour passes only on a clock that is moved by hand')(
    'a result that nobody follows with another is forgotten, too, and its id is free again',
    async () => {
      const queue = createQueue<string, string>(await context.driver(), 'nightly', {
        results: { keep: '1h', most: 10 },
      });
      const done = collect<string>();
      await using _worker = queue.work(
        ({ data }) => {
          done.push(data);
          return data;
        },
        { poll: '1m' },
      );
      await queue.add('first', { id: 'nightly' });
      await done.count(1);
      await until(async () => (await queue.counts()).done === 1);
      await context.advance(3_600_000 + 120_000);
      expect((await queue.counts()).done).toBe(0);
      expect((await queue.add('second', { id: 'nightly' })).added).toBe(true);
      await done.count(2);
    },
  );

  it('a crowd of results and dead letters is forgotten at once, and not some of it every `poll`', async () => {
    const options = { results, retry: { failures: 1 }, deadLettersFor: '1h' } as const;
    const queue = createQueue<number>(await context.driver(), 'crowd', options);
    await queue.addMany(Array.from({ length: 80 }, (_, data) => ({ data, id: `j${data}` })));
    const worker = queue.work(({ data }) => {
      if (data % 2 === 0) throw new Error('no');
    });
    await until(async () => {
      const { done, dead } = await queue.counts();
      return done === 40 && dead === 40;
    });
    await worker.close();
    for (let i = 0; i < 80; i++)
      await context.admin('ZADD', `pk:queue1:${i % 2 === 0 ? 'dead' : 'finished'}:{crowd}`, '1', `j${i}`);
    await using _next = queue.work(() => undefined, { poll: '1h' });
    await until(async () => {
      const { done, dead } = await queue.counts();
      return done + dead === 0;
    });
    expect(await context.admin('EXISTS', 'pk:queue1:jobs:{crowd}', 'pk:queue1:answers:{crowd}')).toBe(0);
  });

  it('results are forgotten by count', async () => {
    const queue = createQueue<number, number>(await context.driver(), 'few', {
      results: { keep: '1h', most: 3 },
    });
    await using _worker = queue.work(({ data }) => data);
    for (const data of [1, 2, 3, 4, 5]) {
      await queue.add(data, { id: `j${data}` });
      await queue.finished(`j${data}`);
    }
    expect((await queue.list('done', { limit: 10 })).map(({ result }) => result)).toEqual([5, 4, 3]);
    expect(await queue.job('j1')).toBeUndefined();
    expect(await queue.finished('j1')).toEqual({ kind: 'gone' });
  });

  context.where(context.column.memory, 'hours pass only on a clock that is moved by hand')(
    'results are forgotten by age, and a smaller `keep` forgets what was kept for longer',
    async () => {
      const driver = await context.driver();
      const queue = createQueue<number>(driver, 'old', { results });
      const worker = queue.work(() => undefined);
      await queue.add(1, { id: 'a' });
      await queue.finished('a');
      await context.advance(3_600_001);
      await queue.add(2, { id: 'b' });
      await queue.finished('b');
      expect(await queue.job('a')).toBeUndefined();
      await worker.close();
      expect(await queue.counts()).toMatchObject({ done: 1 });
      const forgetful = createQueue<number>(driver, 'old');
      await using _other = forgetful.work(() => undefined);
      await forgetful.addMany([{ data: 3 }, { data: 4 }]);
      await until(async () => {
        const { done, working, waiting } = await forgetful.counts();
        return done + working + waiting === 0;
      });
    },
  );

  it('a result that cannot be kept leaves the job done, and says so', async () => {
    const queue = createQueue<number>(await context.driver(), 'unkept', { results });
    const events = collect<WorkerEvent>();
    await using _worker = queue.work(() => 1n, { onEvent: (event) => events.push(event) });
    await queue.add(1, { id: 'a' });
    expect(await queue.finished('a')).toEqual({ kind: 'done', result: undefined });
    expect(events.all).toMatchObject([{ kind: 'error', error: { code: 'CODEC' } }]);
  });
}

function events(name: string): string {
  return `pk:queue1:control:{${name}}:events`;
}

function subscribers(reply: unknown): number {
  return Number((reply as unknown[])[1]);
}
