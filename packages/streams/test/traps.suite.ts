import { type Driver, isPenknifeError, type Reply, ServerError } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { readGroup } from '../src/commands/read.js';
import { type ConsumerEvent, createStreams, type Stream, streamKeys } from '../src/index.js';
import { collected, gate } from './collected.js';
import { dressed } from './dressed.js';
import { patiently } from './patience.js';
import { type Numbered, numbers } from './sample-streams.js';

type Numbers = Stream<{ readonly data: Numbered }, { readonly data: Numbered }>;

/** Traps of section 3a that no other suite shows. */
export function trapSuite(context: MatrixContext): void {
  const group = 'g';
  const log = streamKeys.in('pk').log('numbers');
  const open = async (driver?: Driver): Promise<Numbers> =>
    createStreams(driver ?? (await context.driver())).open(numbers);
  const waits = <T>(promise: Promise<T>): Promise<T> => patiently(context, promise);

  it('trap 5: what is held is never read again: a stuck entry keeps its delivery, and the own pending list is looked at once', async () => {
    const inner = await context.driver();
    const sent: string[] = [];
    const driver = dressed(inner, {
      send(command, options) {
        sent.push(command.script?.name ?? command.args.join(' '));
        return inner.send(command, options);
      },
    });
    const stream = await open(driver);
    const stuck = gate();
    const seen = collected<number>();
    const errors = collected<ConsumerEvent>();
    const consumer = stream.consume(
      group,
      async ({ data }) => {
        seen.push(data.n);
        if (data.n === 0) await stuck.passed;
      },
      {
        name: 'steady',
        concurrency: 2,
        lease: '1h',
        onEvent: (event) => event.type === 'error' && errors.push(event),
      },
    );
    for (let n = 0; n < 30; n++) {
      await stream.append({ data: { n } });
      await waits(seen.atLeast(n + 1));
    }
    while ((await stream.stats(group)).pending > 1) await context.advance(1);
    expect(await context.admin('XPENDING', log, group, '-', '+', 10)).toMatchObject([
      [expect.any(String), 'steady', expect.any(Number), 1],
    ]);
    const reads = sent.filter((one) => one.startsWith('XREADGROUP'));
    expect(reads.length).toBeGreaterThan(10);
    expect(reads.filter((one) => !one.endsWith(' >'))).toEqual([]);
    // Once at its start, and once more for each reply that may have been lost.
    const looks = sent.filter((one) => one.startsWith('XPENDING'));
    expect(looks.length).toBeLessThanOrEqual(1 + errors.items.length);
    expect(looks.length).toBeGreaterThan(0);
    stuck.open();
    await consumer.close();
  });

  it('trap 29: names that died with their processes do not pile up, however many there are', async () => {
    const stream = await open();
    await context.admin('XGROUP', 'CREATE', log, group, '0', 'MKSTREAM');
    const dead = Array.from({ length: 250 }, (_, i) => `pod-${String(i).padStart(3, '0')}`);
    for (const name of dead) await context.admin('XGROUP', 'CREATECONSUMER', log, group, name);
    await stream.append({ data: { n: 1 } });
    // One of them holds something: it stays for as long as it may be alive.
    await context.admin('XREADGROUP', 'GROUP', group, 'pod-200', 'COUNT', 1, 'STREAMS', log, '>');
    await context.advance(20);
    const removed = collected<string>();
    const consumer = stream.consume(group, () => undefined, {
      name: 'here',
      lease: '1h',
      consumerIdle: 10,
      onEvent(event) {
        if (event.type === 'consumers-removed') for (const name of event.names) removed.push(name);
      },
    });
    await waits(removed.atLeast(249));
    expect([...removed.items].sort()).toEqual(dead.filter((name) => name !== 'pod-200'));
    const left = (await context.admin('XINFO', 'CONSUMERS', log, group)) as string[][];
    expect(left.map(([, name]) => name).filter((name) => name !== 'here')).toEqual(['pod-200']);
    await consumer.close();
  });

  it('trap 13: NOGROUP for a group that is there, as a lagging node says, costs a look and is no recreation', async () => {
    const inner = await context.driver();
    let lagging = 3;
    const driver = dressed(inner, {
      send: (command, options) => {
        if (command.args[0] === 'XREADGROUP' && lagging-- > 0)
          return Promise.reject(new ServerError('NOGROUP No such key or consumer group'));
        return inner.send(command, options);
      },
    });
    const stream = await open(driver);
    await stream.append({ data: { n: 1 } });
    const events = collected<ConsumerEvent>();
    const seen = collected<number>();
    const consumer = stream.consume(group, ({ data }) => seen.push(data.n), {
      poll: 20,
      onEvent: (event) => events.push(event),
    });
    await waits(seen.atLeast(1));
    await stream.append({ data: { n: 2 } });
    expect(await waits(seen.atLeast(2))).toEqual([1, 2]);
    expect(lagging).toBeLessThan(1);
    expect(events.items.filter(({ type }) => type !== 'ready')).toEqual([]);
    await consumer.close();
  });

  it('trap 18: an id is remembered for its window whatever became of its entry, and the answer says so', async () => {
    const stream = await open();
    const first = await stream.append({ id: 'a', data: { n: 1 } });
    await context.admin('XDEL', `pk:st1:log:${stream.hashTag}`, first.id);
    expect(await stream.append({ id: 'a', data: { n: 1 } })).toEqual({ ...first, duplicate: true });
    expect(await stream.read(first.id)).toBeNull();
    // The window is a key of its own with its own time: nothing that is set for the stream can empty or shorten it.
    const leftMs = Number(await context.admin('PTTL', `pk:st1:seen:${stream.hashTag}:a`));
    expect(leftMs).toBeGreaterThan(3_500_000);
    await context.admin('DEL', `pk:st1:seen:${stream.hashTag}:a`);
    expect(await stream.append({ id: 'a', data: { n: 1 } })).toMatchObject({ duplicate: false });
  });

  it('trap 28: what is released, scheduled or replayed before anybody listens is found by looking', async () => {
    const [stream, other] = [await open(), await open()];
    const leaving = other.consume(group, () => new Promise<void>(() => undefined), { lease: '1h' });
    await other.append({ data: { n: 1 } });
    while (leaving.health().running === 0) await context.advance(2);
    const seen = collected<number>();
    // All of it in the same moment: the wake-up may come before the one that is to be woken is ready for it.
    const consumer = stream.consume(group, ({ data }) => seen.push(data.n), { lease: '1h', poll: '1h' });
    const scheduler = stream.startScheduler();
    await waits(
      Promise.all([leaving.close({ deadlineMs: 0 }), other.schedule({ data: { n: 2 } }, { delay: 1 })]),
    );
    expect([...(await waits(seen.atLeast(2)))].sort()).toEqual([1, 2]);
    await scheduler.close();
    await consumer.close();
  });

  it('trap 32: one reader for all clients; a shape it does not know is refused, not misread', () => {
    const { read } = readGroup('log', 'g', 'c', 10);
    const bytes = (text: string): Uint8Array => Buffer.from(text);
    const fields = [bytes('d'), bytes('x')];
    expect(read([[bytes('log'), [[bytes('1-0'), fields]]]])).toEqual([{ id: '1-0', fields }]);
    expect(read(null)).toEqual([]);
    expect(read([[bytes('log'), [[bytes('1-0'), null]]]])).toEqual([{ id: '1-0', fields: null }]);
    // As RESP3 gives it: a map, a flat map, an entry as an object.
    const foreign: unknown[] = [
      new Map([['log', [['1-0', fields]]]]),
      { log: [['1-0', fields]] },
      ['log', [['1-0', fields]]],
      [[bytes('log'), [{ id: '1-0', message: { d: 'x' } }]]],
    ];
    for (const shape of foreign) {
      const refusal = (() => {
        try {
          return read(shape as Reply);
        } catch (error) {
          return error;
        }
      })();
      expect(isPenknifeError(refusal) && refusal.code).toBe('REPLY_SHAPE');
    }
  });
}
