import { AbortedError, CodecError } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createStreams, defineStream, type PoisonError, streamKeys } from '../src/index.js';
import { gate } from './collected.js';
import { telling } from './pausable-driver.js';
import { drafts, numbered, numbers, orders } from './sample-streams.js';

/** Appending and reading. */
export function logSuite(context: MatrixContext): void {
  const logKey = (name: string) => streamKeys.in('pk').log(name);

  it('appends and reads back: data, event, headers, time', async () => {
    const log = createStreams(await context.driver()).open(orders);
    const { id, duplicate } = await log.append({ event: 'placed', data: { n: 7 }, headers: { shop: 'a' } });
    expect(duplicate).toBe(false);
    const message = await log.read(id);
    expect(message).toEqual({
      id,
      event: 'placed',
      data: { n: 7 },
      headers: { shop: 'a' },
      messageId: undefined,
      appendedAtMs: Number(id.split('-')[0]),
    });
    expect(await log.read('1-1')).toBeNull();
  });

  it('many in order, in one round trip for 200', async () => {
    const driver = await context.driver();
    const log = createStreams(driver).open(numbers);
    await log.append({ data: { n: -1 }, id: 'loads the script' });
    const counts = await context.counts(() => log.appendMany(drafts(200)));
    if (counts !== null) expect(counts.calls.evalsha).toBe(1);
    const appended = await log.appendMany(drafts(1200));
    expect(new Set(appended.map(({ id }) => id)).size).toBe(1200);
    const read: number[] = [];
    for await (const { data } of log.range({ from: { id: appended[0]?.id as string } })) read.push(data.n);
    expect(read).toEqual(drafts(1200).map(({ data }) => data.n));
    expect(await log.appendMany([])).toEqual([]);
  });

  it('a message id is stored once within the window, its marker has a TTL, and other ids are others', async () => {
    const short = defineStream('short', { schema: numbered, retention: 'forever', dedupWindow: 60 });
    const log = createStreams(await context.driver()).open(short);
    const first = await log.append({ data: { n: 1 }, id: 'a' });
    expect(await log.append({ data: { n: 2 }, id: 'a' })).toEqual({ id: first.id, duplicate: true });
    const many = await log.appendMany([
      { data: { n: 3 }, id: 'a' },
      { data: { n: 4 } },
      { data: { n: 5 }, id: 'b' },
      { data: { n: 6 }, id: 'b' },
    ]);
    expect(many.map(({ duplicate }) => duplicate)).toEqual([true, false, false, true]);
    expect(await context.admin('XLEN', logKey('short'))).toBe(3);
    await context.advance(70);
    expect((await log.append({ data: { n: 7 }, id: 'a' })).duplicate).toBe(false);
    expect((await log.read(first.id))?.messageId).toBe('a');
  });

  it('keeps what the retention says: by count, by age on the clock of the server, by both', async () => {
    const streams = createStreams(await context.driver());
    const byCount = streams.open(
      defineStream('by-count', { schema: numbered, retention: { maxLength: 100 } }),
    );
    await byCount.appendMany(drafts(1000));
    const length = Number(await context.admin('XLEN', logKey('by-count')));
    expect(length).toBeGreaterThanOrEqual(100);
    expect(length).toBeLessThan(300);
    const byAge = streams.open(
      defineStream('by-age', { schema: numbered, retention: { maxAge: 50, maxLength: 100_000 } }),
    );
    await byAge.appendMany(drafts(500));
    await context.advance(80);
    await byAge.append({ data: { n: 1 } });
    expect(Number(await context.admin('XLEN', logKey('by-age')))).toBeLessThan(200);
    const forever = streams.open(numbers);
    await forever.appendMany(drafts(1000));
    expect(await context.admin('XLEN', logKey('numbers'))).toBe(1000);
  });

  it('ranges forwards and backwards, between ids and times, with a limit, page after page', async () => {
    const log = createStreams(await context.driver()).open(numbers);
    const appended = await log.appendMany(drafts(450));
    const idAt = (n: number) => ({ id: appended[n]?.id as string });
    const read = async (options: Parameters<typeof log.range>[0]) => {
      const found: number[] = [];
      for await (const { data } of log.range(options)) found.push(data.n);
      return found;
    };
    const all = drafts(450).map(({ data }) => data.n);
    expect(await read({})).toEqual(all);
    expect(await read({ direction: 'backward' })).toEqual([...all].reverse());
    expect(await read({ from: idAt(10), to: idAt(12) })).toEqual([10, 11, 12]);
    expect(await read({ from: idAt(12), to: idAt(10), direction: 'backward' })).toEqual([12, 11, 10]);
    expect(await read({ limit: 3, direction: 'backward' })).toEqual([449, 448, 447]);
    expect(await read({ limit: 201 })).toHaveLength(201);
    await context.advance(5);
    const { id } = await log.append({ data: { n: 999 } });
    expect(await read({ from: { timeMs: Number(id.split('-')[0]) } })).toEqual([999]);
    expect(await read({ from: 'now', to: 'start', direction: 'backward', limit: 1 })).toEqual([999]);
  });

  it('an aborted range rejects; an aborted tail ends quietly', async () => {
    const log = createStreams(await context.driver()).open(numbers);
    await log.appendMany(drafts(3));
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    await expect(log.range({ signal: controller.signal }).next()).rejects.toBeInstanceOf(AbortedError);
    const ending = new AbortController();
    const seen: number[] = [];
    for await (const { data } of log.tail({ from: 'start', signal: ending.signal })) {
      seen.push(data.n);
      if (seen.length === 2) ending.abort();
    }
    expect(seen).toEqual([0, 1]);
    const waiting = new AbortController();
    const next = log.tail({ signal: waiting.signal }).next();
    waiting.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('trap 9: a tail from now on misses nothing between two reads', async () => {
    const [driver, other] = [await context.driver(), await context.driver()];
    const placed = gate();
    const log = createStreams(telling(driver, 'streams/position', () => placed.open())).open(numbers);
    const writer = createStreams(other).open(numbers);
    await writer.appendMany(drafts(5));
    const stop = new AbortController();
    const tail = log.tail({ signal: stop.signal });
    const first = tail.next();
    // `now` is resolved before the first read goes out; from then on every entry counts.
    await placed.passed;
    for (let n = 100; n < 160; n++) await writer.append({ data: { n } });
    const seen = [(await first).value?.data.n];
    while (seen.length < 60) seen.push((await tail.next()).value?.data.n);
    expect(seen).toEqual(Array.from({ length: 60 }, (_, i) => 100 + i));
    stop.abort();
    await tail.next();
  });

  it('what is not a message of the stream is skipped by readers, and told with its reason', async () => {
    const log = createStreams(await context.driver()).open(orders);
    const key = logKey('orders');
    await log.append({ event: 'placed', data: { n: 1 } });
    const sealed = (body: string, codec = 'j') => `\u00011${codec}${body}`;
    await context.admin('XADD', key, '*', 'anything', 'at all');
    await context.admin('XADD', key, '*', 'd', '{"n":1}', 'e', 'placed');
    await context.admin('XADD', key, '*', 'd', sealed('{"n":', 'j'), 'e', 'placed');
    await context.admin('XADD', key, '*', 'd', sealed('{"n":1}', 'x'), 'e', 'placed');
    await context.admin('XADD', key, '*', 'd', sealed('{"n":1}'), 'e', 'unheard-of');
    await context.admin('XADD', key, '*', 'd', sealed('{"n":1}'));
    await context.admin('XADD', key, '*', 'd', sealed('{"n":"secret"}'), 'e', 'placed');
    await context.admin(
      'XADD',
      key,
      '*',
      'e',
      'placed',
      'd',
      sealed('{"n":2}'),
      'extra',
      'x',
      'h',
      '[broken',
    );
    const poison: PoisonError[] = [];
    const seen: unknown[] = [];
    for await (const { data, headers } of log.range({ onPoison: (error) => poison.push(error) })) {
      seen.push([data, headers]);
    }
    expect(seen).toEqual([
      [{ n: 1 }, {}],
      [{ n: 2 }, {}],
    ]);
    expect(poison.map(({ reason }) => reason)).toEqual([
      'foreign',
      'foreign',
      'codec',
      'codec',
      'unknown-event',
      'unknown-event',
      'schema',
    ]);
    expect(poison.map(String).join()).not.toContain('secret');
  });

  it('refuses bad input by name, before anything is sent', async () => {
    const driver = await context.driver();
    const log = createStreams(driver).open(orders);
    const single = createStreams(driver).open(numbers);
    await expect(log.append({ event: 'nope' as 'placed', data: { n: 1 } })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      argument: 'event',
    });
    await expect(log.append({ event: 'placed', data: { n: 'x' as never } })).rejects.toMatchObject({
      code: 'SCHEMA',
      issues: [{ message: 'n must be a number' }],
    });
    const mixed = [{ data: { n: 1 } }, { data: { n: 'x' as never } }];
    await expect(single.appendMany(mixed)).rejects.toMatchObject({ code: 'SCHEMA' });
    await expect(single.append({ data: { n: 1 }, event: 'placed' } as never)).rejects.toThrow(
      /event must be absent/,
    );
    await expect(single.append({ data: { n: 1 }, id: '' })).rejects.toMatchObject({ argument: 'id' });
    await expect(single.append({ data: { n: 1 }, headers: { a: 1 as never } })).rejects.toThrow(/header a/);
    await expect(single.append({ data: { n: 1n as never } })).rejects.toMatchObject({ code: 'SCHEMA' });
    await expect(single.read('zero')).rejects.toMatchObject({ argument: 'id' });
    await expect(single.range({ limit: 0 }).next()).rejects.toMatchObject({ argument: 'limit' });
    await expect(single.range({ from: { timeMs: -1 } }).next()).rejects.toMatchObject({ argument: 'from' });
    await expect(single.range({ direction: 'up' as never }).next()).rejects.toMatchObject({
      argument: 'direction',
    });
    await expect(single.tail({ from: { id: '5' } }).next()).rejects.toMatchObject({ argument: 'from' });
    const circular: { n: number; self?: unknown } = { n: 1 };
    circular.self = circular;
    await expect(single.append({ data: circular })).rejects.toBeInstanceOf(CodecError);
    expect(await context.admin('EXISTS', logKey('orders'))).toBe(0);
    expect(await context.admin('EXISTS', logKey('numbers'))).toBe(0);
  });

  it('an append whose reply is lost is sent again only when it has an id, and is stored once', async () => {
    const driver = await context.driver();
    const log = createStreams(driver).open(numbers);
    await log.append({ data: { n: 0 }, id: 'warm' });
    const before = await log.appendMany([
      { data: { n: 1 }, id: 'x' },
      { data: { n: 2 }, id: 'y' },
    ]);
    // What the driver does after a lost reply: the same command once more.
    const again = await log.appendMany([
      { data: { n: 1 }, id: 'x' },
      { data: { n: 2 }, id: 'y' },
    ]);
    expect(again).toEqual(before.map(({ id }) => ({ id, duplicate: true })));
    expect(await context.admin('XLEN', logKey('numbers'))).toBe(3);
  });

  it('stream names never meet, whatever is in them', async () => {
    const streams = createStreams(await context.driver());
    for (const name of ['a', 'a:b', '{a}', 'a}', '*', 'é', ' ']) {
      const log = streams.open(defineStream(name, { schema: numbered, retention: 'forever' }));
      await log.append({ data: { n: 1 }, id: 'same' });
      const seen: number[] = [];
      for await (const { data } of log.range()) seen.push(data.n);
      expect(seen).toEqual([1]);
    }
  });
}
