import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import type { ConsumerEvent } from '../src/index.js';
import { all, collected, gate } from './collected.js';
import { dressed } from './dressed.js';
import { groupOfNumbers } from './group-of-numbers.js';
import { drafts } from './sample-streams.js';

/** What a group does when its members die or stall: nothing is lost, and nobody works on what another has. */
export function takeoverSuite(context: MatrixContext): void {
  const { log, group, fast, open, waits, pending } = groupOfNumbers(context);
  /** Makes a consumer hold entries and dies with them: nobody renews or releases. */
  const dieWith = async (count: number): Promise<void> => {
    await context.admin('XGROUP', 'CREATE', log, group, '0', 'MKSTREAM');
    await context.admin('XREADGROUP', 'GROUP', group, 'dead', 'COUNT', count, 'STREAMS', log, '>');
  };

  it('takes over what a dead consumer held, within the lease and a little', async () => {
    const stream = await open();
    await stream.appendMany(drafts(5));
    await dieWith(3);
    const seen = collected<readonly [number, number]>();
    const events = collected<ConsumerEvent>();
    const consumer = stream.consume(group, ({ data, deliveries }) => seen.push([data.n, deliveries]), {
      ...fast,
      onEvent: (event) => events.push(event),
    });
    await waits(seen.atLeast(5), 400);
    expect([...seen.items].sort()).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
      [3, 1],
      [4, 1],
    ]);
    expect(events.items.filter(({ type }) => type === 'taken-over')).toMatchObject([{ ids: { length: 3 } }]);
    await consumer.close();
    expect(await pending()).toBe(0);
  });

  it('a consumer whose driver ends without a word is taken over too', async () => {
    const [driver, other] = [await context.driver(), await context.driver()];
    const [dying, living] = [await open(driver), await open(other)];
    await living.appendMany(drafts(20));
    const hang = gate();
    const started = collected<number>();
    dying.consume(
      group,
      ({ data }) => {
        started.push(data.n);
        return hang.passed;
      },
      { ...fast, concurrency: 3 },
    );
    await waits(started.atLeast(3));
    await driver.close();
    const seen = collected<number>();
    const consumer = living.consume(group, ({ data }) => seen.push(data.n), fast);
    await waits(seen.atLeast(20), 500);
    expect(new Set(seen.items).size).toBe(20);
    hang.open();
    await consumer.close();
    expect(await pending()).toBe(0);
  });

  it('trap 1: an idle consumer that holds something is never removed, one that holds nothing is', async () => {
    const stream = await open();
    await stream.appendMany(drafts(1));
    await dieWith(1);
    await context.admin('XGROUP', 'CREATECONSUMER', log, group, 'empty');
    await context.advance(20);
    const events = collected<ConsumerEvent>();
    const options = { consumerIdle: 10, lease: 86_400_000 } as const;
    const consumer = stream.consume(group, () => undefined, {
      ...options,
      onEvent: (event) => events.push(event),
    });
    expect(await waits(events.first(({ type }) => type === 'consumers-removed'))).toMatchObject({
      names: ['empty'],
    });
    await consumer.close();
    expect(await pending()).toBe(1);
  });

  it('trap 2: what was trimmed while it was pending is told as lost, and does not stay', async () => {
    const stream = await open();
    const appended = await stream.appendMany(drafts(3));
    await dieWith(2);
    await context.admin('XDEL', log, appended[0]?.id as string);
    const seen = collected<number>();
    const events = collected<ConsumerEvent>();
    const consumer = stream.consume(group, ({ data }) => seen.push(data.n), {
      ...fast,
      onEvent: (event) => events.push(event),
    });
    const lost = await waits(events.first(({ type }) => type === 'payload-lost'));
    expect(lost).toEqual({ type: 'payload-lost', ids: [appended[0]?.id] });
    await waits(seen.atLeast(2));
    await consumer.close();
    expect(await pending()).toBe(0);
  });

  context.where(context.column.memory, 'no time may pass between a renewal and the look that follows')(
    'trap 4: an expired entry is found at once, however many living ones are pending before it',
    async () => {
      const stream = await open();
      await stream.appendMany(drafts(301));
      await context.admin('XGROUP', 'CREATE', log, group, '0');
      await context.admin('XREADGROUP', 'GROUP', group, 'living', 'COUNT', 300, 'STREAMS', log, '>');
      await context.admin('XREADGROUP', 'GROUP', group, 'dead', 'COUNT', 1, 'STREAMS', log, '>');
      await context.advance(70);
      // The living one renews all it has.
      const ids = (await context.admin('XPENDING', log, group, '-', '+', 300, 'living')) as [string][];
      await context.admin('XCLAIM', log, group, 'living', 0, ...ids.map(([id]) => id), 'JUSTID');
      const seen = collected<number>();
      const consumer = stream.consume(group, ({ data }) => seen.push(data.n), { ...fast, lease: 60 });
      await waits(seen.atLeast(1), 60);
      expect(seen.items).toEqual([300]);
      await consumer.close();
    },
  );

  context.where(context.column.memory, 'all leases end in the same moment')(
    'trap 4: a walk that is longer than one look goes on where it stopped, and comes round',
    async () => {
      const inner = await context.driver();
      let looks = 0;
      const driver = dressed(inner, {
        send(command, options) {
          if (command.script?.name === 'streams/claim-expired') looks++;
          return inner.send(command, options);
        },
      });
      const stream = await open(driver);
      await stream.appendMany(drafts(250));
      await context.admin('XGROUP', 'CREATE', log, group, '0');
      for (let i = 0; i < 250; i++) {
        await context.admin('XREADGROUP', 'GROUP', group, `dead-${i}`, 'COUNT', 1, 'STREAMS', log, '>');
      }
      await context.advance(70);
      const seen = collected<number>();
      const consumer = stream.consume(group, ({ data }) => seen.push(data.n), {
        lease: 60,
        concurrency: 300,
        prefetch: 0,
      });
      await waits(seen.atLeast(250), 30);
      expect(new Set(seen.items).size).toBe(250);
      // A hundred names a look: three, and the one that finds nothing.
      expect(looks).toBeLessThanOrEqual(4);
      await consumer.close();
    },
  );

  context.where(context.column.memory, 'a stall of a loaded machine would be one more crash')(
    'trap 6: deliveries that ended in a crash do not count as failures, and have a budget of their own',
    async () => {
      const stream = await open();
      const appended = await stream.appendMany(drafts(2));
      await dieWith(2);
      const [first, second] = appended.map(({ id }) => id);
      await context.admin('XCLAIM', log, group, 'dead', 0, first as string, 'RETRYCOUNT', 2);
      await context.admin('XCLAIM', log, group, 'dead', 0, second as string, 'RETRYCOUNT', 3);
      const seen = collected<unknown>();
      const events = collected<ConsumerEvent>();
      const consumer = stream.consume(
        group,
        ({ data, deliveries, failures }) => {
          seen.push([data.n, deliveries, failures]);
          if (failures === 0) throw new Error('once');
        },
        {
          ...fast,
          retry: { ...fast.retry, failures: 2, crashes: 2 },
          onEvent: (event) => events.push(event),
        },
      );
      await waits(events.first(({ type }) => type === 'dead-letter'));
      await waits(seen.atLeast(2));
      expect(seen.items).toEqual([
        [0, 3, 0],
        [0, 4, 1],
      ]);
      await consumer.close();
      expect(await all(stream.deadLetters(group).list())).toMatchObject([
        { reason: 'crashed', deliveries: 4, failures: 0, message: { data: { n: 1 } } },
      ]);
    },
  );

  it('a consumer that comes back under its name takes up what it held, at once', async () => {
    const stream = await open();
    await stream.appendMany(drafts(3));
    await context.admin('XGROUP', 'CREATE', log, group, '0');
    await context.admin('XREADGROUP', 'GROUP', group, 'steady', 'COUNT', 2, 'STREAMS', log, '>');
    const seen = collected<readonly [number, number]>();
    const consumer = stream.consume(group, ({ data, deliveries }) => seen.push([data.n, deliveries]), {
      name: 'steady',
      lease: '1h',
    });
    await waits(seen.atLeast(3), 200);
    expect(seen.items).toEqual([
      [0, 2],
      [1, 2],
      [2, 1],
    ]);
    await consumer.close();
  });
}
