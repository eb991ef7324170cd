import { ConnectionError } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import type { ConsumerEvent } from '../src/index.js';
import { collected } from './collected.js';
import { dressed } from './dressed.js';
import { groupOfNumbers } from './group-of-numbers.js';
import { losingReplies } from './pausable-driver.js';
import { drafts } from './sample-streams.js';

/** What a group does when replies, connections, keys or the stream itself are lost. */
export function survivalSuite(context: MatrixContext): void {
  const { keys, log, group, fast, open, waits, pending } = groupOfNumbers(context);

  it('trap 7: an acknowledgement whose reply is lost is repeated, told as unconfirmed, and not handled twice', async () => {
    const lossy = losingReplies(
      await context.driver(),
      ({ script }) => script?.name === 'streams/ack',
      () => new ConnectionError('cut', { sent: 'maybe' }),
    );
    const stream = await open(lossy);
    const seen = collected<number>();
    const events = collected<ConsumerEvent>();
    const consumer = stream.consume(group, ({ data }) => seen.push(data.n), {
      ...fast,
      onEvent: (event) => events.push(event),
    });
    await stream.append({ data: { n: 1 } });
    const told = await waits(events.first(({ type }) => type === 'unconfirmed'));
    expect(told).toMatchObject({ status: 'gone' });
    await context.advance(100);
    expect(seen.items).toEqual([1]);
    await consumer.close();
    expect(await pending()).toBe(0);
  });

  it('acknowledgements that cannot be sent tell of one error a try, however many of them wait', async () => {
    const driver = await context.driver();
    let refusals = 0;
    const deaf = dressed(driver, {
      send(command, options) {
        if (command.script?.name !== 'streams/ack' || refusals === 2) return driver.send(command, options);
        refusals++;
        return Promise.reject(new ConnectionError('not now', { sent: 'no' }));
      },
    });
    const stream = await open(deaf);
    await stream.appendMany(drafts(40));
    const events = collected<ConsumerEvent>();
    const seen = collected<number>();
    const consumer = stream.consume(group, ({ data }) => seen.push(data.n), {
      lease: '1h',
      concurrency: 20,
      onEvent: (event) => events.push(event),
    });
    await waits(seen.atLeast(40));
    await waits(consumer.close());
    expect(await pending()).toBe(0);
    expect(events.items.filter(({ type }) => type === 'error')).toHaveLength(2);
  });

  it('trap 7: entries whose reply was lost are found in the own pending list, long before a lease ends', async () => {
    const lossy = losingReplies(
      await context.driver(),
      ({ args }) => args[0] === 'XREADGROUP',
      () => new ConnectionError('cut', { sent: 'maybe' }),
    );
    const writer = await open();
    await writer.appendMany(drafts(20));
    const stream = await open(lossy);
    const seen = collected<readonly [number, number]>();
    const consumer = stream.consume(group, ({ data, deliveries }) => seen.push([data.n, deliveries]), {
      lease: '1h',
      poll: '1h',
    });
    await waits(seen.atLeast(20), 500);
    expect(seen.items.map(([n]) => n)).toEqual(drafts(20).map(({ data }) => data.n));
    // No handler saw the lost delivery: it is the same that comes again.
    expect(new Set(seen.items.map(([, deliveries]) => deliveries))).toEqual(new Set([1]));
    await consumer.close();
    expect(await pending()).toBe(0);
  });

  it('trap 12: the stream, or the group, is deleted under a running consumer: it goes on, and says so', async () => {
    const stream = await open();
    const events = collected<ConsumerEvent>();
    const seen = collected<number>();
    const consumer = stream.consume(group, ({ data }) => seen.push(data.n), {
      poll: 30,
      onEvent: (event) => events.push(event),
    });
    await waits(consumer.ready);
    await context.admin('DEL', log);
    await waits(events.atLeast(2));
    await stream.append({ data: { n: 1 } });
    await waits(seen.atLeast(1));
    await context.advance(20);
    await context.admin('XGROUP', 'DESTROY', log, group);
    await stream.append({ data: { n: 2 } });
    await waits(seen.first((n) => n === 2));
    expect(events.items.map(({ type }) => type).filter((type) => type !== 'error')).toEqual([
      'ready',
      'group-recreated',
      'group-recreated',
    ]);
    expect(seen.items).toEqual([1, 1, 2]);
    await consumer.close();
  });

  it('trap 12: a group created again can be told to start at the end', async () => {
    const stream = await open();
    const seen = collected<number>();
    const events = collected<ConsumerEvent>();
    const consumer = stream.consume(group, ({ data }) => seen.push(data.n), {
      poll: 30,
      recreateFrom: 'now',
      onEvent: (event) => events.push(event),
    });
    await stream.append({ data: { n: 1 } });
    await waits(seen.atLeast(1));
    await context.admin('XGROUP', 'DESTROY', log, group);
    await waits(events.first(({ type }) => type === 'group-recreated'));
    await stream.append({ data: { n: 2 } });
    await waits(seen.atLeast(2));
    expect(seen.items).toEqual([1, 2]);
    await consumer.close();
  });

  it('trap 30: a stream that was created again with smaller ids is consumed from its start', async () => {
    const stream = await open();
    const far = '99999999999999-0';
    await context.admin('XADD', log, far, 'd', '\u00011j{"n":1}');
    const seen = collected<number>();
    const events = collected<ConsumerEvent>();
    // Never looks by itself: all it finds, it finds because something wakes it.
    const consumer = stream.consume(group, ({ data }) => seen.push(data.n), {
      poll: '1h',
      onEvent: (event) => events.push(event),
    });
    await waits(seen.atLeast(1));
    await context.admin('DEL', log);
    await stream.append({ data: { n: 2 } });
    const wake = keys.wake('numbers');
    await waits(
      (async () => {
        while (!events.items.some(({ type }) => type === 'group-recreated')) {
          await context.admin('XADD', wake, '*', 'g', group);
          await context.admin('PEXPIRE', wake, 60_000);
          await context.advance(10);
        }
      })(),
    );
    await waits(seen.atLeast(2));
    // The log itself wakes again, though its ids are smaller than those that were waited for.
    await stream.append({ data: { n: 3 } });
    expect(await waits(seen.atLeast(3))).toEqual([expect.any(Number), 2, 3]);
    await consumer.close();
  });

  it('trap 14: cut connections end nothing, and health tells when the server was last heard', async () => {
    const driver = await context.driver();
    const stream = await open(driver);
    const writer = await open();
    const seen = collected<number>();
    const consumer = stream.consume(group, ({ data }) => seen.push(data.n), { lease: '1s', poll: 50 });
    await writer.append({ data: { n: 1 } });
    await waits(seen.atLeast(1));
    await context.faults.cutConnections?.();
    for (let n = 2; n < 5; n++) {
      await writer.append({ data: { n }, id: `id-${n}` });
      await context.advance(20);
    }
    await waits(seen.atLeast(4));
    expect([...new Set(seen.items)].sort()).toEqual([1, 2, 3, 4]);
    expect(consumer.health().lastReadAgeMs).toBeLessThan(1000);
    await consumer.close();
  });

  context.where(context.column.topology === 'cluster', 'only a cluster has slots')(
    'trap 14: the slot moves to another node under a running consumer, and it goes on',
    async () => {
      const [stream, writer] = [await open(), await open()];
      const seen = collected<number>();
      const consumer = stream.consume(group, ({ data }) => seen.push(data.n), { poll: '1h' });
      await writer.append({ data: { n: 1 } });
      await waits(seen.atLeast(1));
      const move = await context.faults.moveSlot?.(log);
      await move?.finish();
      await writer.append({ data: { n: 2 }, id: 'two' });
      await waits(seen.first((n) => n === 2));
      expect(move).toBeDefined();
      await consumer.close();
    },
  );

  it('trap 15: what was trimmed unread is no lag, whatever the server says', async () => {
    const stream = await open();
    await stream.appendMany(drafts(10));
    await context.admin('XGROUP', 'CREATE', log, group, '0');
    await context.admin('XREADGROUP', 'GROUP', group, 'one', 'COUNT', 2, 'STREAMS', log, '>');
    await context.admin('XTRIM', log, 'MAXLEN', 3);
    expect(await stream.stats(group)).toMatchObject({ lag: 3, exact: true, length: 3 });
    await context.admin('XREADGROUP', 'GROUP', group, 'one', 'COUNT', 1, 'STREAMS', log, '>');
    expect(await stream.stats(group)).toMatchObject({ lag: 2, exact: true, length: 3 });
    await context.admin('XTRIM', log, 'MAXLEN', 0);
    expect(await stream.stats(group)).toMatchObject({ lag: 0, exact: true, length: 0 });
    await stream.appendMany(drafts(4));
    await context.admin('XREADGROUP', 'GROUP', group, 'one', 'COUNT', 1, 'STREAMS', log, '>');
    expect(await stream.stats(group)).toMatchObject({ lag: 3, exact: true, length: 4 });
  });

  it('trap 15: a lag the server does not know is counted or estimated, never 0', async () => {
    const stream = await open();
    const appended = await stream.appendMany(drafts(10));
    await context.admin('XGROUP', 'CREATE', log, group, appended[4]?.id as string);
    expect(await stream.stats(group)).toMatchObject({ lag: 5, exact: true, pending: 0, length: 10 });
    const further = await stream.appendMany(drafts(2200));
    await context.admin('XGROUP', 'SETID', log, group, appended[6]?.id as string);
    await context.admin('XDEL', log, appended[8]?.id as string);
    // What is before the cursor is soon counted, too.
    expect(await stream.stats(group)).toMatchObject({ lag: 2202, exact: true });
    // Not more than a hundred on either side: whole entries are read for it.
    for (const at of [150, 2050]) {
      await context.admin('XGROUP', 'SETID', log, group, further[at]?.id as string);
      await context.admin('XDEL', log, further[at + 2]?.id as string);
      const { exact, lag, length } = await stream.stats(group);
      expect(exact).toBe(false);
      expect(lag).toBeGreaterThanOrEqual(100);
      expect(lag).toBeLessThanOrEqual(length - 100);
    }
    await context.advance(30);
    expect((await stream.stats(group)).oldestUnackedAgeMs).toBeGreaterThanOrEqual(30);
  });

  context.where(context.column.memory, 'it takes several leases')(
    'trap 27: a retry whose due time was evicted is still tried again',
    async () => {
      const stream = await open();
      const seen = collected<number>();
      const events = collected<ConsumerEvent>();
      const consumer = stream.consume(
        group,
        async (message) => {
          seen.push(message.failures);
          if (seen.items.length === 1) await message.nack('1h');
        },
        { ...fast, onEvent: (event) => events.push(event) },
      );
      await stream.append({ data: { n: 1 } });
      await waits(events.first(({ type }) => type === 'retry'));
      await context.admin('DEL', keys.retry('numbers', group), keys.failures('numbers', group));
      await waits(seen.atLeast(2), 500);
      await consumer.close();
      expect(await pending()).toBe(0);
    },
  );
}
