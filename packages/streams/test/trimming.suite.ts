import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createStreams, type Stream, streamKeys, type TrimReport, timeToDrainMs } from '../src/index.js';
import { all, collected, gate } from './collected.js';
import { patiently } from './patience.js';
import { drafts, type Numbered, numbers } from './sample-streams.js';

type Numbers = Stream<{ readonly data: Numbered }, { readonly data: Numbered }>;

/** Trimming that cannot lose, or says what it lost; and what is told of a group. */
export function trimmingSuite(context: MatrixContext): void {
  const log = streamKeys.in('pk').log('numbers');
  const open = async (): Promise<Numbers> => createStreams(await context.driver()).open(numbers);
  const length = async (): Promise<number> => Number(await context.admin('XLEN', log));
  const waits = <T>(promise: Promise<T>): Promise<T> => patiently(context, promise);

  /** A group that was given `read` entries and acknowledged all of them but those at `left`. */
  async function group(name: string, read: number, left: readonly number[] = []): Promise<void> {
    await context.admin('XGROUP', 'CREATE', log, name, '0', 'MKSTREAM');
    if (read === 0) return;
    const command = ['XREADGROUP', 'GROUP', name, 'me', 'COUNT', read, 'STREAMS', log, '>'] as const;
    const reply = (await context.admin(...command)) as [string, [string, unknown][]][];
    const ids = reply[0]?.[1].map(([id]) => id) ?? [];
    const acked = ids.filter((_, i) => !left.includes(i));
    if (acked.length > 0) await context.admin('XACK', log, name, ...acked);
  }

  it('trims below the slowest group, and not one entry more', async () => {
    const stream = await open();
    await stream.appendMany(drafts(350));
    expect(await stream.trim({ consumed: true })).toMatchObject({ removed: 0 });
    await group('quick', 350);
    await group('slow', 330);
    await group('holding', 300, [270, 280]);
    expect(await stream.trim({ consumed: true, keepAtLeast: 100 })).toMatchObject({ removed: 250 });
    const report = await stream.trim({ consumed: true });
    expect(report).toEqual({ removed: 20, missed: [], movedAside: 0, heldBackBy: [] });
    expect((await all(stream.range({ limit: 1 })))[0]?.data.n).toBe(270);
    await context.admin('XGROUP', 'CREATE', log, 'new', '0');
    expect(await stream.trim({ consumed: true })).toMatchObject({ removed: 0 });
  });

  it('age and count stop before what a group has not acknowledged, and say for whom', async () => {
    const stream = await open();
    await stream.appendMany(drafts(120));
    await group('slow', 50);
    await group('slower', 50, [20]);
    expect(await stream.trim({ maxLength: 10 })).toEqual({
      removed: 20,
      missed: [],
      movedAside: 0,
      heldBackBy: ['slower'],
    });
    await context.advance(20);
    expect(await stream.trim({ maxAge: 10 })).toMatchObject({ removed: 0, heldBackBy: ['slower'] });
    expect(await length()).toBe(100);
    expect(await stream.trim({ maxAge: '1h' })).toMatchObject({ removed: 0, heldBackBy: [] });
  });

  it('what goes unread is counted, group by group, and can be put aside', async () => {
    const stream = await open();
    await stream.appendMany(drafts(250));
    await group('half', 100, [3, 4]);
    await group('nothing', 0);
    const report = await stream.trim({ maxLength: 50, unread: 'aside' });
    expect(report).toEqual({
      removed: 200,
      missed: [
        { group: 'half', undelivered: 100, pending: 2 },
        { group: 'nothing', undelivered: 200, pending: 0 },
      ],
      movedAside: 200,
      heldBackBy: [],
    });
    expect((await all(stream.aside())).map(({ data }) => data.n)).toEqual(
      drafts(200).map(({ data }) => data.n),
    );
    const dropped = await stream.trim({ maxLength: 0, unread: 'drop' });
    expect(dropped).toMatchObject({
      removed: 50,
      movedAside: 0,
      missed: [{ undelivered: 50 }, { undelivered: 50 }],
    });
    expect(await all(stream.aside())).toHaveLength(200);
    expect(await length()).toBe(0);
  });

  it('trap 17: it says what the server really removed, on a log of many nodes and of one', async () => {
    const stream = await open();
    await stream.appendMany(drafts(731));
    let before = 731;
    for (const maxLength of [730, 700, 333, 5]) {
      const { removed } = await stream.trim({ maxLength });
      expect(await length()).toBe(maxLength);
      expect(removed).toBe(before - maxLength);
      before = maxLength;
    }
    expect(await stream.trim({ maxLength: 5 })).toMatchObject({ removed: 0 });
  });

  it('consumers go on while it trims, and lose nothing', async () => {
    const stream = await open();
    const seen = collected<number>();
    const consumer = stream.consume('g', ({ data }) => seen.push(data.n), { concurrency: 10 });
    await waits(consumer.ready);
    for (let i = 0; i < 10; i++) {
      await stream.appendMany(drafts(100));
      await stream.trim({ consumed: true, maxLength: 20 });
    }
    await waits(seen.atLeast(1000));
    await consumer.close();
    expect(seen.items).toHaveLength(1000);
    await stream.trim({ consumed: true });
    expect(await length()).toBe(0);
  });

  it('a trimmer trims in its time, and ends with the handle', async () => {
    const streams = createStreams(await context.driver());
    const stream = streams.open(numbers);
    await stream.appendMany(drafts(30));
    const reports = collected<TrimReport>();
    stream.startTrimmer({ every: 20, maxLength: 10, onTrimmed: (report) => reports.push(report) });
    expect(await waits(reports.atLeast(1))).toMatchObject([{ removed: 20 }]);
    await streams.close();
    await stream.appendMany(drafts(30));
    await context.advance(60);
    expect(await length()).toBe(40);
  });

  it('refuses trims that say nothing, or nonsense', async () => {
    const stream = await open();
    for (const [argument, options] of [
      ['trim', {}],
      ['maxLength', { maxLength: -1 }],
      ['keepAtLeast', { consumed: true, keepAtLeast: 0.5 }],
      ['unread', { consumed: true, unread: 'burn' as 'drop' }],
      ['maxAge', { maxAge: 0 }],
    ] as const) {
      await expect(stream.trim(options)).rejects.toMatchObject({ argument });
    }
  });

  it('time to drain: from two looks at a group that works, none for one that does not', async () => {
    const stream = await open();
    await stream.appendMany(drafts(10));
    await context.admin('XGROUP', 'CREATE', log, 'g', '0');
    const before = await stream.stats('g');
    await context.advance(20);
    expect(timeToDrainMs(before, await stream.stats('g'))).toBeNull();
    const four = gate();
    const rest = gate();
    let handled = 0;
    const allSeen = gate();
    const consumer = stream.consume('g', () => {
      handled++;
      if (handled === 10) allSeen.open();
      if (handled < 5) return undefined;
      four.open();
      return rest.passed;
    });
    await waits(four.passed);
    let after = await stream.stats('g');
    for (; after.lag + after.pending > 6; after = await stream.stats('g')) await context.advance(1);
    expect(timeToDrainMs(before, after)).toBe(Math.ceil((6 * (after.atMs - before.atMs)) / 4));
    rest.open();
    await waits(allSeen.passed);
    await consumer.close();
    expect(timeToDrainMs(before, await stream.stats('g'))).toBe(0);
  });
}
