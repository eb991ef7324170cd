import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { type ConsumerEvent, createStreams, type Stream, streamKeys } from '../src/index.js';
import { all, collected, gate } from './collected.js';
import { dressed } from './dressed.js';
import { disorderOf, type KeyEvent } from './key-order.js';
import { patiently } from './patience.js';
import { pausable } from './pausable-driver.js';
import { type Numbered, numbers } from './sample-streams.js';

type Numbers = Stream<{ readonly data: Numbered }, { readonly data: Numbered }>;

/** Order per key on a plain group. */
export function orderingSuite(context: MatrixContext): void {
  const group = 'g';
  const log = streamKeys.in('pk').log('numbers');
  const open = async (): Promise<Numbers> => createStreams(await context.driver()).open(numbers);
  const waits = <T>(promise: Promise<T>, limitMs?: number): Promise<T> =>
    patiently(context, promise, limitMs);
  const lease = context.column.memory ? 100 : 200;
  const quick = { lease, order: 'key', retry: { base: 5, max: 10, failures: 3, jitter: 'none' } } as const;
  const keyed = (key: string, count: number) =>
    Array.from({ length: count }, (_, n) => ({ key, data: { n } }));
  const pending = async (): Promise<unknown> =>
    ((await context.admin('XPENDING', log, group)) as unknown[])[0];

  it('keys go side by side, each in order, through failures', async () => {
    const stream = await open();
    const history: KeyEvent[] = [];
    const done = collected<string>();
    await stream.appendMany(
      keyed('any', 20).flatMap(({ data }) => ['a', 'b', 'c'].map((key) => ({ key, data }))),
    );
    const started = new Set<string>();
    const allStarted = gate();
    const consumer = stream.consume(
      group,
      async ({ key = '', data: { n }, failures }) => {
        history.push({ type: 'started', key, n });
        if (n === 0 && started.add(key).size === 3) allStarted.open(undefined);
        await allStarted.passed;
        if (n % 7 === 3 && failures < 2) throw new Error('twice');
        history.push({ type: 'done', key, n });
        done.push(`${key}${n}`);
      },
      { ...quick, concurrency: 10 },
    );
    await waits(done.atLeast(60));
    await consumer.close();
    expect(disorderOf(history)).toEqual([]);
    expect(await pending()).toBe(0);
  });

  it('a pause gives back what waits for its next try, too, and its key goes on afterwards', async () => {
    const stream = await open();
    await stream.appendMany(keyed('a', 3));
    const events = collected<ConsumerEvent>();
    const done = collected<number>();
    let fails = true;
    const consumer = stream.consume(
      group,
      ({ data: { n } }) => {
        if (fails) throw new Error('not yet');
        done.push(n);
      },
      {
        lease: '1h',
        order: 'key',
        retry: { base: '1h', max: '1h', jitter: 'none' },
        onEvent: (event) => events.push(event),
      },
    );
    await waits(events.first(({ type }) => type === 'retry'));
    await consumer.pause();
    expect(consumer.health()).toMatchObject({ held: 0, waiting: 0 });
    fails = false;
    consumer.resume();
    expect(await waits(done.atLeast(3))).toEqual([0, 1, 2]);
    await consumer.close();
    expect(await pending()).toBe(0);
  });

  it('holds no more than it can name with each take', async () => {
    const stream = await open();
    const start = (options: object) => stream.consume(group, () => undefined, { ...quick, ...options });
    expect(() => start({ concurrency: 1000, prefetch: 1001 })).toThrow('prefetch');
    expect(() => start({ concurrency: 2001 })).toThrow('prefetch');
    for (const options of [{ concurrency: 1500 }, { concurrency: 1000, prefetch: 1000 }]) {
      await start(options).close();
    }
  });

  it('one that is resumed before its pause was complete keeps what it has, and the order', async () => {
    const driver = await context.driver();
    const [stream, ends] = [await open(), Array.from({ length: 7 }, () => gate())];
    const [started, done, takes] = [collected<number>(), collected<number>(), collected<true>()];
    // The answer to the first take waits, that to the second comes at once, and those to further ones wait.
    const [answer, further] = [gate(), gate()];
    const waitsFor = [answer.passed, undefined];
    let holding = false;
    const slow = dressed(driver, {
      async send(command, options) {
        const reply = await driver.send(command, options);
        if (!holding || command.script?.name !== 'streams/take-ordered') return reply;
        takes.push(true);
        await (waitsFor.length > 0 ? waitsFor.shift() : further.passed);
        return reply;
      },
    });
    const consumer = createStreams(slow)
      .open(numbers)
      .consume(
        group,
        async ({ data: { n } }) => {
          started.push(n);
          await ends[n]?.passed;
          done.push(n);
        },
        { lease: '1h', order: 'key', prefetch: 4, poll: 10 },
      );
    await waits(consumer.ready);
    await stream.appendMany(keyed('a', 5));
    await waits(started.atLeast(1));
    while (consumer.health().held < 5) await context.advance(5);
    holding = true;
    for (const n of [0, 1, 2]) ends[n]?.open();
    await waits(takes.atLeast(1));
    await waits(started.atLeast(4));
    await stream.appendMany(keyed('a', 7).slice(5));
    // Until it wants to look again, after the look under way.
    await context.advance(50);
    const paused = consumer.pause();
    consumer.resume();
    answer.open();
    await waits(paused);
    for (const one of ends) one.open();
    await waits(done.atLeast(6));
    further.open();
    expect(await waits(done.atLeast(7))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    await consumer.close();
  });

  it('trap 23: a message that fails for good halts its key and says so; others go on; it is retried or skipped on demand', async () => {
    const stream = await open();
    await stream.appendMany([...keyed('bad', 4), ...keyed('good', 4)]);
    const events = collected<ConsumerEvent>();
    const done = collected<string>();
    const broken = new Set([1, 2]);
    const consumer = stream.consume(
      group,
      ({ key, data: { n } }) => {
        if (key === 'bad' && broken.has(n)) throw new RangeError('never');
        done.push(`${key}${n}`);
      },
      { ...quick, concurrency: 4, onEvent: (event) => events.push(event) },
    );
    const halted = await waits(events.first(({ type }) => type === 'key-halted'));
    expect(halted).toMatchObject({ key: 'bad', reason: 'failed', error: { message: 'never' } });
    await waits(done.atLeast(5));
    await context.advance(30);
    expect([...done.items].sort()).toEqual(['bad0', 'good0', 'good1', 'good2', 'good3']);
    expect(await stream.deadLetters(group).count()).toBe(0);
    broken.delete(1);
    expect(await consumer.resumeKey('good', 'skip')).toBe(false);
    expect(await consumer.resumeKey('bad', 'retry')).toBe(true);
    await waits(done.first((one) => one === 'bad1'));
    await waits(events.first((event) => event.type === 'key-halted' && event !== halted));
    expect(await consumer.resumeKey('bad', 'skip')).toBe(true);
    await waits(done.first((one) => one === 'bad3'));
    expect(done.items).not.toContain('bad2');
    await consumer.close();
    expect(await all(stream.deadLetters(group).list())).toMatchObject([{ message: { data: { n: 2 } } }]);
    expect(await pending()).toBe(0);
  });

  it('whoever resumes a key gives its message fresh budgets, however often it was delivered before', async () => {
    const stream = await open();
    await stream.appendMany(keyed('a', 2));
    const events = collected<ConsumerEvent>();
    const done = collected<number>();
    let failures = 0;
    const consumer = stream.consume(
      group,
      ({ data: { n } }) => {
        if (n === 0 && failures < 5) throw new RangeError(`failure ${++failures}`);
        done.push(n);
      },
      { ...quick, retry: { ...quick.retry, crashes: 0 }, onEvent: (event) => events.push(event) },
    );
    await waits(events.first(({ type }) => type === 'key-halted'));
    expect(failures).toBe(3);
    expect(await consumer.resumeKey('a', 'retry')).toBe(true);
    expect(await waits(done.atLeast(2))).toEqual([0, 1]);
    expect(events.items.filter(({ type }) => type === 'key-halted')).toHaveLength(1);
    await consumer.close();
    expect(await pending()).toBe(0);
  });

  context.where(context.column.memory, 'its leases end while it stands still: no other time may pass')(
    'what was halted, and is lost before it is tried again, comes as a further delivery',
    async () => {
      const driver = pausable(await context.driver());
      const stream = createStreams(driver).open(numbers);
      await stream.appendMany([...keyed('a', 1), ...keyed('b', 1)]);
      const events = collected<ConsumerEvent>();
      const seen = collected<string>();
      const consumer = stream.consume(
        group,
        async ({ key = '', deliveries, signal }) => {
          seen.push(`${key}${deliveries}`);
          if (deliveries > 1) return;
          if (key === 'a') throw new Error('for good');
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        },
        { ...quick, poll: 10, retry: { failures: 1 }, onEvent: (event) => events.push(event) },
      );
      await waits(events.first(({ type }) => type === 'key-halted'));
      await waits(seen.atLeast(2));
      // It waits for the place that the other has.
      expect(await consumer.resumeKey('a', 'retry')).toBe(true);
      driver.pause();
      await context.advance(200);
      driver.resume();
      expect([...(await waits(seen.atLeast(4)))].sort()).toEqual(['a1', 'a2', 'b1', 'b2']);
      await consumer.close();
      expect(await pending()).toBe(0);
    },
  );

  it('with poisonedKey skip a poison becomes a dead letter and its key goes on', async () => {
    const stream = await open();
    await stream.append({ key: 'a', data: { n: 0 } });
    await context.admin('XADD', log, '*', 'd', '\u00011j{"n":"x"}', 'k', 'a');
    await stream.append({ key: 'a', data: { n: 2 } });
    const done = collected<number>();
    const consumer = stream.consume(group, ({ data }) => done.push(data.n), {
      ...quick,
      poisonedKey: 'skip',
    });
    expect(await waits(done.atLeast(2))).toEqual([0, 2]);
    await consumer.close();
    expect(await stream.deadLetters(group).count()).toBe(1);
  });

  it('a second member stands by and says so, and takes over in order when the first dies', async () => {
    const dying = await context.driver();
    const [first, second] = [createStreams(dying).open(numbers), await open()];
    await second.appendMany(keyed('a', 12));
    const started = collected<number>();
    const hang = gate();
    first.consume(
      group,
      async ({ data: { n } }) => {
        started.push(n);
        if (n === 3) await hang.passed;
      },
      quick,
    );
    await waits(started.atLeast(4));
    const events = collected<ConsumerEvent>();
    const done = collected<number>();
    const heir = second.consume(group, ({ data }) => done.push(data.n), {
      ...quick,
      onEvent: (event) => events.push(event),
    });
    await waits(events.first(({ type }) => type === 'standing-by'));
    expect(done.items).toEqual([]);
    await dying.close();
    await waits(done.atLeast(9));
    expect(done.items).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11]);
    hang.open(undefined);
    await heir.close();
    expect(await pending()).toBe(0);
  });

  it('one that leaves hands over at once, in order', async () => {
    const [first, second] = [await open(), await open()];
    await second.appendMany(keyed('a', 12));
    const started = collected<number>();
    const hold = gate();
    const leaving = first.consume(
      group,
      async ({ data: { n } }) => {
        started.push(n);
        if (n === 2) await hold.passed;
      },
      { ...quick, lease: '1h' },
    );
    await waits(started.atLeast(3));
    const done = collected<number>();
    const heir = second.consume(group, ({ data }) => done.push(data.n), { ...quick, lease: '1h' });
    const closed = leaving.close();
    hold.open(undefined);
    await waits(closed);
    await waits(done.atLeast(9), 1000);
    expect(done.items).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11]);
    await heir.close();
  });

  it('refuses order for batches, and words it does not know', async () => {
    const stream = await open();
    for (const [argument, options] of [
      ['batch', { order: 'key', batch: 2 }],
      ['order', { order: 'by heart' }],
      ['poisonedKey', { poisonedKey: 'ignore' }],
    ] as const) {
      expect(() => stream.consume(group, () => undefined, options as object)).toThrow(argument);
    }
    await expect(stream.append({ data: { n: 1 }, key: '' })).rejects.toMatchObject({ argument: 'key' });
  });
}
