import { type Clock, type Driver, sharedFeed } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { createChaosDriver } from '@penknife/testing';
import { expect, it } from 'vitest';
import { createQueue, type Job, type WorkerEvent } from '../src/index.js';
import { type Collection, collect, until } from './collect.js';

/** Workers that die, hang, leave, and lose what they hold. */
export function takeoverSuite(context: MatrixContext): void {
  context.where(context.column.memory, 'leases of seconds pass only on a clock that is moved by hand')(
    'trap 7: a job whose worker dies is handed out again at the end of its lease, and is dead after so many crashes',
    async () => {
      const queue = createQueue<string>(await context.driver(), 'crashing', { retry: { crashes: 2 } });
      await queue.add('x', { id: 'x' });
      for (const delivery of [1, 2]) {
        const driver = await context.driver();
        const taken = collect<Job<string>>();
        createQueue<string>(driver, 'crashing', { retry: { crashes: 2 } }).work(
          (job) => {
            taken.push(job);
            return new Promise(() => undefined);
          },
          { lease: '10s' },
        );
        await taken.count(1);
        expect(taken.all[0]?.delivery).toBe(delivery);
        await driver.close();
        expect(taken.all[0]?.signal.aborted).toBe(false);
        await context.advance(10_000);
      }
      const events = collect<WorkerEvent>();
      await using _worker = queue.work(() => undefined, {
        lease: '10s',
        onEvent: (event) => events.push(event),
      });
      await until(async () => (await queue.counts()).dead === 1);
      expect((await queue.job('x'))?.lastError).toBe('the worker was lost 2 times');
    },
  );

  // Node's timers may fire up to a millisecond before their time.
  for (const [timers, aheadMs] of [
    ['with timers to the point', 0],
    ['with early timers', 0.5],
  ] as const) {
    context.where(context.column.memory, 'leases of seconds pass only on a clock that is moved by hand')(
      `trap 8: the lease of a long job is renewed; one that cannot be confirmed fires its signal before the lease ends, ${timers}`,
      async () => {
        const driver = await context.driver();
        const { clock } = driver;
        const early: Clock = { ...clock, timer: (ms, due) => clock.timer(Math.max(0, ms - aheadMs), due) };
        const chaos = createChaosDriver(
          { ...driver, clock: early },
          {
            seed: 1,
            plan: () => (cut ? 'drop-before' : undefined),
          },
        );
        let cut = false;
        const queue = createQueue<string>(chaos.driver, 'long');
        const honest = createQueue<string>(await context.driver(), 'long');
        const taken = collect<Job<string>>();
        const worker = queue.work(
          (job) => {
            taken.push(job);
            return new Promise((resolve) => job.signal.addEventListener('abort', resolve));
          },
          { lease: '10s' },
        );
        await queue.add('x', { id: 'x' });
        await taken.count(1);
        await context.advance(60_000);
        expect(await honest.job('x')).toMatchObject({ state: 'working', delivery: 1 });
        expect(taken.all[0]?.signal.aborted).toBe(false);
        cut = true;
        await context.advance(7_500);
        expect(taken.all[0]?.signal.reason).toMatchObject({ code: 'JOB_LOST', reason: 'lost' });
        const done = collect<string>();
        await using _other = honest.work(({ data, delivery }) => done.push(`${data} ${delivery}`));
        await context.advance(10_000);
        await done.count(1);
        expect(done.all).toEqual(['x 2']);
        cut = false;
        await worker.close({ grace: 0 });
      },
    );
  }

  it('trap 9: a late answer of an earlier delivery changes nothing for the later one', async () => {
    const late = await standingStill(context, 'late');
    const second = createQueue<string>(await context.driver(), 'late');
    let finish = (): void => undefined;
    const again = collect<Job<string>>();
    await using _other = second.work((job) => {
      again.push(job);
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    await again.count(1);
    late.answer();
    await late.events.count(1);
    expect(late.events.all).toEqual([{ kind: 'lost', id: 'x' }]);
    expect(await second.job('x')).toMatchObject({ state: 'working', delivery: 2 });
    finish();
    await until(async () => (await second.job('x')) === undefined);
    await late.close();
  });

  it('trap 9: a late answer is not taken for one of a later job under the same id', async () => {
    const late = await standingStill(context, 'reused');
    const second = createQueue<string>(await context.driver(), 'reused');
    const taken = collect<Job<string>>();
    const ends: (() => void)[] = [];
    await using _other = second.work((job) => {
      taken.push(job);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
    await taken.count(1);
    ends[0]?.();
    await until(async () => (await second.job('x')) === undefined);
    // Nothing of the former is there any more that could be counted on.
    await second.add('x again', { id: 'x' });
    await taken.count(2);
    const [first, again] = taken.all.map(({ delivery }) => delivery);
    expect(first).toBeGreaterThan(late.delivery);
    expect(again).toBeGreaterThan(first ?? Number.NaN);
    late.answer();
    await late.events.count(1);
    expect(late.events.all).toEqual([{ kind: 'lost', id: 'x' }]);
    expect(await second.job('x')).toMatchObject({ state: 'working', data: 'x again' });
    ends[1]?.();
    await until(async () => (await second.job('x')) === undefined);
    await late.close();
  });

  it('trap 10: a worker that closes lets what runs end, and gives the rest back at once', async () => {
    const queue = createQueue<string>(await context.driver(), 'closing');
    const taken = collect<Job<string>>();
    const worker = queue.work(
      (job) => {
        taken.push(job);
        return new Promise((_, reject) =>
          job.signal.addEventListener('abort', () => reject(job.signal.reason)),
        );
      },
      { concurrency: 3 },
    );
    await queue.addMany(['a', 'b', 'c', 'd'].map((id) => ({ id, data: id })));
    await taken.count(3);
    const closed = worker.close({ grace: '20ms' });
    await context.advance(25);
    await closed;
    expect(taken.all.map(({ signal }) => signal.aborted)).toEqual([true, true, true]);
    expect(await queue.counts()).toMatchObject({ waiting: 4, working: 0, delayed: 0 });
    const done = collect<string>();
    await using _next = queue.work(({ data, attempt }) => done.push(`${data}${attempt}`));
    await done.count(4);
    expect(done.all).toEqual(['a1', 'b1', 'c1', 'd1']);
  });

  it('trap 10: a worker that closes while a round is on its way gives back what that brings', async () => {
    const { slow, answered, release } = slowRounds(await context.driver());
    const honest = createQueue<string>(await context.driver(), 'caught');
    await honest.add('x', { id: 'x' });
    const started = collect<string>();
    const worker = createQueue<string>(slow, 'caught').work(({ id }) => {
      started.push(id);
      return new Promise(() => undefined);
    });
    await answered.count(1);
    const closed = worker.close({ grace: 0 });
    release();
    await closed;
    expect(started.all).toEqual([]);
    expect(await honest.counts()).toMatchObject({ waiting: 1, working: 0 });
  });

  it('trap 12: a word that comes while a round is on its way is not forgotten', async () => {
    const driver = await context.driver();
    const { slow, answered, release } = slowRounds(driver);
    const heard = collect<string>();
    const listening = await sharedFeed(driver).listen('channel', 'pk:queue1:control:{words}:wake', {
      message: () => heard.push('word'),
    });
    const done = collect<string>();
    const worker = createQueue<string>(slow, 'words').work(({ data }) => done.push(data));
    await answered.count(1);
    await createQueue<string>(await context.driver(), 'words').add('x');
    await heard.count(1);
    release();
    await done.count(1);
    await worker.close();
    await listening.close();
  });

  it('trap 11: a settlement that counted, though its answer was lost, is not told as a loss', async () => {
    let lose = false;
    const chaos = createChaosDriver(await context.driver(), {
      seed: 1,
      plan: () => (lose ? 'drop-after' : undefined),
    });
    const queue = createQueue<string>(chaos.driver, 'settled');
    const events = collect<WorkerEvent>();
    const done = collect<string>();
    await using worker = queue.work(
      ({ data }) => {
        done.push(data);
        lose = data === 'first';
      },
      {
        onEvent: (event) => {
          lose = false;
          events.push(event);
        },
      },
    );
    const honest = createQueue<string>(await context.driver(), 'settled');
    await honest.add('first', { id: 'first' });
    await until(async () => {
      await context.advance(1);
      return (await honest.job('first')) === undefined && worker.running === 0;
    });
    await honest.add('second');
    await done.count(2);
    expect(done.all).toEqual(['first', 'second']);
    expect(events.all.map(({ kind }) => kind)).toEqual(['error']);
  });

  context.where(context.column.memory, 'a lease passes only on a clock that is moved by hand')(
    'trap 11: a settlement that may have counted is not told as a loss either when the server stays away past the lease',
    async () => {
      let fault: 'drop-after' | 'drop-before' | undefined;
      const chaos = createChaosDriver(await context.driver(), { seed: 1, plan: () => fault });
      const events = collect<WorkerEvent>();
      const honest = createQueue<string>(await context.driver(), 'away');
      const done = collect<string>();
      await using worker = createQueue<string>(chaos.driver, 'away').work(
        ({ data }) => {
          done.push(data);
          if (data === 'first') fault = 'drop-after';
        },
        {
          lease: '10s',
          onEvent: (event) => {
            events.push(event);
            if (fault !== undefined) fault = 'drop-before';
          },
        },
      );
      await honest.add('first', { id: 'first' });
      await events.count(1);
      await context.advance(20_000);
      expect(await honest.job('first')).toBeUndefined();
      expect(worker.running).toBe(0);
      fault = undefined;
      await honest.add('second');
      await until(async () => {
        await context.advance(100);
        return done.all.length === 2;
      });
      expect(new Set(events.all.map(({ kind }) => kind))).toEqual(new Set(['error']));
    },
  );

  it('trap 11: lost answers and refused commands lose no job: each is handled, and in the end none is left', async () => {
    const honest = createQueue<number>(await context.driver(), 'lossy');
    const chaos = createChaosDriver(await context.driver(), {
      seed: 3,
      rates: { dropBefore: 0.4, dropAfter: context.column.memory ? 0.2 : 0 },
    });
    const queue = createQueue<number>(chaos.driver, 'lossy', { retry: { crashes: 100 } });
    await honest.addMany(Array.from({ length: 60 }, (_, i) => ({ data: i })));
    const handled = new Set<number>();
    const worker = queue.work(({ data }) => handled.add(data), { concurrency: 5, lease: '1s' });
    await until(async () => {
      await context.advance(context.column.memory ? 100 : 1);
      const { waiting, working, delayed } = await honest.counts();
      return waiting + working + delayed === 0;
    });
    expect(handled.size).toBe(60);
    expect(chaos.faults.length).toBeGreaterThan(2);
    await worker.close();
  });
}

/** A driver that holds back the answers to a worker's rounds, which the server gave, until `release`. */
function slowRounds(driver: Driver): {
  readonly slow: Driver;
  readonly answered: Collection<string>;
  release(): void;
} {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const answered = collect<string>();
  const slow: Driver = {
    ...driver,
    async send(command, options) {
      const reply = await driver.send(command, options);
      if (command.script?.name === 'queue/advance') {
        answered.push('answered');
        await held;
      }
      return reply;
    },
  };
  return { slow, answered, release: () => release() };
}

/** A worker that holds the job `x` whose lease has ended, as if its process had stood still; `answer` is its late word. */
async function standingStill(
  context: MatrixContext,
  name: string,
): Promise<{
  readonly delivery: number;
  readonly events: Collection<WorkerEvent>;
  answer(): void;
  close(): Promise<void>;
}> {
  const driver = await context.driver();
  const queue = createQueue<string>(driver, name);
  const taken = collect<Job<string>>();
  const events = collect<WorkerEvent>();
  let answer = (): void => undefined;
  const worker = queue.work(
    (job) => {
      taken.push(job);
      return new Promise<void>((resolve) => {
        answer = resolve;
      });
    },
    { onEvent: (event) => events.push(event) },
  );
  // From then on nothing but its timer makes it look after its lease.
  const listening = await sharedFeed(driver).listen('channel', `pk:queue1:control:{${name}}:wake`, {
    message: () => undefined,
  });
  await queue.add('x', { id: 'x' });
  await taken.count(1);
  await expireLease(context, name, 'x');
  return {
    delivery: taken.all[0]?.delivery ?? Number.NaN,
    events,
    answer: () => answer(),
    async close() {
      await listening.close();
      await worker.close();
    },
  };
}

/** Ends the lease of a job on the server, as its time would. */
async function expireLease(context: MatrixContext, queue: string, id: string): Promise<void> {
  await context.admin('ZADD', `pk:queue1:leased:{${queue}}`, 1, id);
}
