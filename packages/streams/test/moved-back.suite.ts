import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { type ConsumerEvent, createStreams, type Stream, streamKeys } from '../src/index.js';
import { collected, gate } from './collected.js';
import { patiently } from './patience.js';
import { type Numbered, numbers } from './sample-streams.js';

type Numbers = Stream<{ readonly data: Numbered }, { readonly data: Numbered }>;

/** A group in order that is moved back while its consumer works. */
export function movedBackSuite(context: MatrixContext): void {
  const group = 'g';
  const open = async (): Promise<Numbers> => createStreams(await context.driver()).open(numbers);
  const waits = <T>(promise: Promise<T>): Promise<T> => patiently(context, promise);
  const keyed = (key: string, count: number) =>
    Array.from({ length: count }, (_, n) => ({ key, data: { n } }));
  const pending = async (): Promise<unknown> =>
    ((await context.admin('XPENDING', streamKeys.in('pk').log('numbers'), group)) as unknown[])[0];
  const retry = { base: 1, max: 1, failures: 3, jitter: 'none' } as const;

  it('a group that is moved back goes on with what it works on, and does not begin it a second time', async () => {
    const stream = await open();
    await stream.appendMany(keyed('a', 3));
    const started = collected<number>();
    const hold = gate();
    const consumer = stream.consume(
      group,
      async ({ data: { n } }) => {
        started.push(n);
        await hold.passed;
      },
      { lease: '1h', order: 'key', poll: 20 },
    );
    await waits(started.atLeast(1));
    await stream.seek(group, 'start');
    await stream.append({ key: 'a', data: { n: 3 } });
    while (consumer.health().held < 4) await context.advance(10);
    await context.advance(40);
    expect(started.items).toEqual([0]);
    hold.open();
    expect(await waits(started.atLeast(4))).toEqual([0, 1, 2, 3]);
    await context.advance(20);
    expect(await waits(consumer.close())).toMatchObject({ handedOver: 0 });
    expect(started.items).toEqual([0, 1, 2, 3]);
    expect(await pending()).toBe(0);
  });

  it('a group that is moved back gives what waits once, although it is pending and read anew', async () => {
    const stream = await open();
    await stream.appendMany(keyed('a', 5));
    const [started, events] = [collected<string>(), collected<ConsumerEvent>()];
    const hold = gate();
    const consumer = stream.consume(
      group,
      async ({ data: { n }, deliveries }) => {
        started.push(`${n} in ${deliveries}`);
        if (n === 1 && deliveries === 1) throw new Error('once');
        await hold.passed;
      },
      {
        lease: '1h',
        order: 'key',
        concurrency: 20,
        poll: 20,
        retry,
        onEvent: (event) => events.push(event),
      },
    );
    await waits(started.atLeast(1));
    while (consumer.health().held < 5) await context.advance(10);
    await consumer.pause();
    await stream.seek(group, 'start');
    consumer.resume();
    await stream.append({ key: 'a', data: { n: 5 } });
    while (consumer.health().held < 6) await context.advance(10);
    hold.open();
    const once = ['0 in 1', '1 in 1', '1 in 2', '2 in 1', '3 in 1', '4 in 1', '5 in 1'];
    expect(await waits(started.atLeast(7))).toEqual(once);
    await context.advance(40);
    await waits(consumer.close());
    expect(started.items).toEqual(once);
    expect(events.items.filter(({ type }) => type === 'unconfirmed' || type === 'lease-lost')).toEqual([]);
    expect(await pending()).toBe(0);
  });

  it('a group that is moved back goes on with what was retried in place, and a halted key stays halted', async () => {
    const stream = await open();
    await stream.appendMany([...keyed('again', 2), ...keyed('bad', 1)]);
    const [started, events] = [collected<string>(), collected<ConsumerEvent>()];
    const hold = gate();
    let broken = true;
    const consumer = stream.consume(
      group,
      async ({ key, data: { n }, deliveries }) => {
        started.push(`${key} ${n} in ${deliveries}`);
        if (key === 'bad' && broken) throw new Error('for good');
        if (key === 'again' && deliveries === 1) throw new Error('once');
        if (key === 'again') await hold.passed;
      },
      { lease: '1h', order: 'key', concurrency: 20, poll: 20, retry, onEvent: (event) => events.push(event) },
    );
    await waits(events.first(({ type }) => type === 'key-halted'));
    await waits(started.first((one) => one === 'again 0 in 2'));
    const before = [...started.items];
    await stream.seek(group, 'start');
    await stream.append({ key: 'other', data: { n: 9 } });
    await waits(started.first((one) => one === 'other 9 in 1'));
    await context.advance(60);
    expect(started.items).toEqual([...before, 'other 9 in 1']);
    broken = false;
    expect(await consumer.resumeKey('bad', 'retry')).toBe(true);
    hold.open();
    await waits(started.first((one) => one === 'again 1 in 2'));
    await context.advance(60);
    await waits(consumer.close());
    expect(started.items.slice(before.length + 1).sort()).toEqual([
      'again 1 in 1',
      'again 1 in 2',
      'bad 0 in 3',
    ]);
    expect(events.items.filter(({ type }) => type === 'unconfirmed' || type === 'lease-lost')).toEqual([]);
    expect(await pending()).toBe(0);
  });
}
