import { isServerError } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import {
  type ConsumerEvent,
  createStreams,
  defineStream,
  type PartitionedStream,
  streamKeys,
} from '../src/index.js';
import { all, collected, gate } from './collected.js';
import { heldWork } from './held-work.js';
import { disorderOf, type KeyEvent } from './key-order.js';
import { patiently } from './patience.js';
import { type Numbered, numbered, splitNumbers } from './sample-streams.js';

type Numbers = PartitionedStream<{ readonly data: Numbered }, { readonly data: Numbered }>;

/** Order per key across processes: a stream split into partitions. */
export function partitionSuite(context: MatrixContext): void {
  const group = 'g';
  const open = async (): Promise<Numbers> => createStreams(await context.driver()).open(splitNumbers);
  const waits = <T>(promise: Promise<T>, limitMs?: number): Promise<T> =>
    patiently(context, promise, limitMs);
  const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const keyed = (count: number, of = keys) =>
    of.flatMap((key) => Array.from({ length: count }, (_, n) => ({ key, data: { n } })));
  const retry = { base: 5, max: 10, failures: 3, jitter: 'none' } as const;
  const patient = { lease: '1h', poll: 50, retry } as const;
  const owned = (consumers: readonly { partitions(): ReadonlyMap<number, number> }[]): number[] =>
    consumers.map((one) => one.partitions().size);

  it('messages of one key are in one partition, in order; those of one id are stored once', async () => {
    const stream = await open();
    const appended = await stream.appendMany(keyed(3));
    for (const [i, { key, data }] of keyed(3).entries()) {
      const { partition, id } = appended[i] as (typeof appended)[number];
      expect(partition).toBe(stream.partitionOf(key));
      expect(await stream.partition(partition).read(id)).toMatchObject({ key, data });
    }
    const first = await stream.append({ id: 'once', data: { n: 1 } });
    expect(await stream.append({ id: 'once', data: { n: 1 } })).toEqual({ ...first, duplicate: true });
    const spread = await stream.appendMany([{ data: { n: 1 } }, { data: { n: 2 } }]);
    expect(new Set(spread.map(({ partition }) => partition)).size).toBe(2);
  });

  it('members work side by side, each on its fair share, with every key in order through failures', async () => {
    const streams = [await open(), await open()];
    const history: KeyEvent[] = [];
    const done = collected<string>();
    const by = new Set<number>();
    const consumers = streams.map((stream, at) =>
      stream.consume(
        group,
        ({ key = '', data: { n }, failures, partition }) => {
          history.push({ type: 'started', key, n });
          expect(partition).toBe(stream.partitionOf(key));
          if (n % 5 === 2 && failures < 1) throw new Error('once');
          by.add(at);
          history.push({ type: 'done', key, n });
          done.push(`${key}${n}`);
        },
        { ...patient, concurrency: 4 },
      ),
    );
    while (owned(consumers).some((count) => count !== 2)) await context.advance(5);
    await (streams[0] as Numbers).appendMany(keyed(10));
    await waits(done.atLeast(80));
    expect(disorderOf(history)).toEqual([]);
    expect([...by].sort()).toEqual([0, 1]);
    const stats = await (streams[0] as Numbers).stats(group);
    expect(stats).toMatchObject({ lag: 0, exact: true, length: 80 });
    await Promise.all(consumers.map((one) => one.close()));
    expect(await (streams[0] as Numbers).stats(group)).toMatchObject({ pending: 0, consumers: 0 });
  });

  it('no more handlers run at once than concurrency says, over all partitions, and no fewer while there is work', async () => {
    const stream = await open();
    const work = heldWork();
    await stream.appendMany(
      keyed(
        1,
        Array.from({ length: 24 }, (_, i) => `k${i}`),
      ),
    );
    const consumer = stream.consume(group, () => work.run(), { ...patient, concurrency: 3 });
    for (let n = 1; n <= 24; n++) {
      await waits(work.started(Math.min(24, n + 2)));
      work.endOne();
    }
    await waits(work.ended(24));
    expect(work.most).toBe(3);
    await consumer.close();
  });

  it('one that leaves hands over at once, in order, whatever the lease', async () => {
    const [first, second] = [await open(), await open()];
    const started = collected<number>();
    const hold = gate();
    const leaving = first.consume(
      group,
      async ({ data: { n } }) => {
        started.push(n);
        if (n === 2) await hold.passed;
      },
      patient,
    );
    await second.appendMany(keyed(12, ['a']));
    await waits(started.atLeast(3));
    const done = collected<number>();
    const generations = collected<number | undefined>();
    const heir = second.consume(
      group,
      ({ data, generation }) => {
        done.push(data.n);
        generations.push(generation);
      },
      { ...patient, poll: '1h' },
    );
    await waits(heir.ready);
    const before = leaving.partitions().get(first.partitionOf('a')) ?? 0;
    const closed = leaving.close();
    hold.open();
    await waits(closed);
    await waits(done.atLeast(9));
    expect(done.items).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11]);
    // A fence for effects elsewhere: it rises with every hand-over.
    if (before > 0) expect(generations.items[0]).toBeGreaterThan(before);
    await heir.close();
  });

  it('trap 8: one that lost its partition without knowing can start, settle and take nothing more', async () => {
    const stream = await open();
    await stream.appendMany(keyed(6, ['a']));
    const partition = stream.partitionOf('a');
    const started = collected<string>();
    const done = collected<number>();
    const hang = gate();
    const stale = collected<{ readonly aborted: boolean; readonly acked: boolean }>();
    const events = collected<ConsumerEvent>();
    const consumer = stream.consume(
      group,
      async (message) => {
        const { data, generation, deliveries } = message;
        started.push(`${data.n} in ${generation}`);
        if (data.n === 1 && deliveries === 1) {
          await hang.passed;
          stale.push({ aborted: message.signal.aborted, acked: await message.ack() });
        } else done.push(data.n);
      },
      { ...patient, concurrency: 2, onEvent: (event) => events.push(event) },
    );
    await waits(started.atLeast(2));
    const generation = consumer.partitions().get(partition) ?? 0;
    // As if the process had stood still for longer than its lease: another had the partition meanwhile, and left it.
    const tenure = streamKeys.in('pk').tenure(`split-numbers@${partition}`, group);
    await context.admin('HSET', tenure, 'o', 'another', 'g', String(generation + 1), 'u', '0');
    await waits(events.first((event) => event.type === 'partition-left' && event.why === 'lost'));
    await waits(done.atLeast(6));
    hang.open();
    expect(await waits(stale.atLeast(1))).toEqual([{ aborted: true, acked: false }]);
    expect(done.items).toEqual([0, 1, 2, 3, 4, 5]);
    expect(consumer.partitions().get(partition)).toBeGreaterThan(generation + 1);
    expect(started.items.filter((one) => one.endsWith(` in ${generation}`))).toHaveLength(2);
    await consumer.close();
    expect((await stream.stats(group)).pending).toBe(0);
  });

  it('trap 23: a poison message halts its key and says so, and its key alone', async () => {
    const stream = await open();
    await stream.appendMany(keyed(3));
    const events = collected<ConsumerEvent>();
    const done = collected<string>();
    const consumer = stream.consume(
      group,
      ({ key, data: { n } }) => {
        if (key === 'b' && n === 1) throw new Error('never');
        done.push(`${key}${n}`);
      },
      { ...patient, concurrency: 8, onEvent: (event) => events.push(event) },
    );
    const halted = await waits(events.first(({ type }) => type === 'key-halted'));
    expect(halted).toMatchObject({ key: 'b', partition: stream.partitionOf('b') });
    await waits(done.atLeast(22));
    expect(done.items.filter((one) => one.startsWith('b'))).toEqual(['b0']);
    expect(await consumer.resumeKey('b', 'skip')).toBe(true);
    await waits(done.first((one) => one === 'b2'));
    await consumer.close();
    const letters = stream.partition(stream.partitionOf('b')).deadLetters(group);
    expect(await all(letters.list())).toMatchObject([{ message: { key: 'b', data: { n: 1 } } }]);
  });

  it('pauses and goes on, moves its group, and adds up what it is', async () => {
    const stream = await open();
    const done = collected<number>();
    const consumer = stream.consume(group, ({ data }) => done.push(data.n), patient);
    await waits(consumer.ready);
    await consumer.pause();
    await stream.appendMany(keyed(2));
    expect(consumer.health()).toMatchObject({ paused: true, running: 0 });
    expect(await stream.stats(group)).toMatchObject({ lag: 16, pending: 0 });
    consumer.resume();
    await waits(done.atLeast(16));
    await stream.seek(group, 'start');
    await waits(done.atLeast(32));
    await consumer.close();
  });

  it('looks at each of many messages once', async () => {
    let looks = 0;
    const counted = {
      '~standard': {
        ...numbered['~standard'],
        validate(value: unknown) {
          looks++;
          return numbered['~standard'].validate(value);
        },
      },
    };
    const definition = defineStream('split-numbers', {
      schema: counted,
      retention: 'forever',
      partitions: 4,
    });
    await createStreams(await context.driver())
      .open(definition)
      .appendMany(keyed(3));
    expect(looks).toBe(24);
  });

  it('of many messages none is sent when one of them is none', async () => {
    const stream = await open();
    await stream.append({ key: 'a', data: { n: 0 } });
    const drafts = [...keyed(1), { key: 'z', data: { n: 'none' as never } }];
    await expect(stream.appendMany(drafts)).rejects.toMatchObject({ code: 'SCHEMA' });
    const logs = await Promise.all([0, 1, 2, 3].map((at) => all(stream.partition(at).range())));
    expect(logs.flat()).toHaveLength(1);
    for (const none of [undefined, null, 'a', []]) {
      await expect(stream.append(none as never)).rejects.toMatchObject({ argument: 'message' });
      await expect(stream.appendMany([none as never])).rejects.toMatchObject({ argument: 'message' });
    }
  });

  it('refuses another number of partitions, orders, places and names it cannot be', async () => {
    const stream = await open();
    await stream.append({ data: { n: 1 } });
    const other = defineStream('split-numbers', { schema: numbered, retention: 'forever', partitions: 5 });
    const wrong = createStreams(await context.driver()).open(other);
    await expect(wrong.append({ data: { n: 1 } })).rejects.toMatchObject({ argument: 'partitions' });
    expect(() => stream.partition(4)).toThrow('from 0 to 3');
    expect(() => stream.consume(group, () => undefined, { order: 'none' })).toThrow('order');
    expect(() => stream.consume(group, () => undefined, { batch: 2 } as object)).toThrow('batch');
    await expect(stream.seek(group, { id: '1-0' } as never)).rejects.toMatchObject({ argument: 'position' });
    await expect(stream.stats('nobody')).rejects.toSatisfy((error) => isServerError(error, 'NOGROUP'));
    for (const partitions of [0, 1.5, 1025]) {
      expect(() => defineStream('x', { schema: numbered, retention: 'forever', partitions })).toThrow(
        'partitions',
      );
    }
    expect(() => defineStream('x@1', { schema: numbered, retention: 'forever' })).toThrow('partitions');
  });
}
