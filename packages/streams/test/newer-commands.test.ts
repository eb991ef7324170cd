import { ioredisClient, type MatrixContext, overMatrix, singleColumn } from '@penknife/matrix';
import { describe, expect, it } from 'vitest';
import { createStreams, streamKeys } from '../src/index.js';
import { collected } from './collected.js';
import { patiently } from './patience.js';
import { numbers } from './sample-streams.js';

const full = process.env.PENKNIFE_TIER === 'full';
const ids = 10_000;

/** The ids of the entries that were read of one stream. */
function idsOf(read: unknown): readonly string[] {
  return (read as [string, [string][]][]).flatMap(([, entries]) => entries.map(([id]) => id));
}

/**
 * Why `XREADGROUP … CLAIM` is not among the rungs, nor `XADD IDMP` for `dedupWindow` (decisions 0023 and 0026): what a server that
 * has them does. When one of these fails, a newer server does better, and the rung can be built.
 */
function reasons(context: MatrixContext): void {
  const log = streamKeys.in('pk').log('numbers');
  const admin = context.admin;
  const claimed = async (count: number) =>
    idsOf(await admin('XREADGROUP', 'GROUP', 'g', 'c', 'COUNT', count, 'CLAIM', 20, 'STREAMS', log, '>'));

  it('CLAIM hands out a retry before it is due; nothing can tell the server to wait with it', async () => {
    const stream = createStreams(await context.driver()).open(numbers);
    const failed = collected<number>();
    const consumer = stream.consume('g', async (message) => {
      await message.nack('5m');
      failed.push(message.data.n);
    });
    await stream.append({ data: { n: 1 } });
    await patiently(context, failed.atLeast(1));
    await consumer.close();
    expect(await stream.stats('g')).toMatchObject({ pending: 1, retries: 1 });
    const [id] = ((await admin('XPENDING', log, 'g', '-', '+', 1)) as string[][])[0] as [string];
    // A delivery time to come is taken for now.
    const later = Math.round(context.clock.now()) + 300_000;
    await admin('XCLAIM', log, 'g', '~waiting', 0, id, 'TIME', later, 'RETRYCOUNT', 1, 'JUSTID');
    await context.advance(30);
    expect(await claimed(1)).toEqual([id]);
  });

  it('CLAIM passes by what a living member holds: no group could keep an order with it', async () => {
    await admin('XGROUP', 'CREATE', log, 'g', '0', 'MKSTREAM');
    await admin('XADD', log, '1-0', 'd', 'first');
    await admin('XADD', log, '2-0', 'd', 'second');
    await admin('XREADGROUP', 'GROUP', 'g', 'living', 'COUNT', 1, 'STREAMS', log, '>');
    await admin('XREADGROUP', 'GROUP', 'g', 'dead', 'COUNT', 1, 'STREAMS', log, '>');
    await context.advance(30);
    await admin('XCLAIM', log, 'g', 'living', 0, '1-0', 'JUSTID');
    expect(await claimed(9)).toEqual(['2-0']);
  });

  it('has the rungs that are said to need it', async () => {
    const traits = await (await context.driver()).traits();
    expect(traits.supports('xackdel') && traits.supports('xadd-idmp')).toBe(true);
  });

  it('IDMP answers the same for a duplicate as for the first, and for one that was deleted since', async () => {
    const add = () => admin('XADD', log, 'IDMP', 'p', 'id', '*', 'd', 'x');
    const first = await add();
    expect(await add()).toBe(first);
    await admin('XDEL', log, String(first));
    expect(await add()).toBe(first);
    await admin('DEL', log);
    expect(await add()).not.toBe(first);
  });

  it('IDMP remembers by count, ten thousand of one producer at most, and a day; what sets it empties it', async () => {
    await admin('XADD', log, '*', 'd', 'x');
    const set = (durationS: number, size: number) =>
      admin('XCFGSET', log, 'IDMP-DURATION', durationS, 'IDMP-MAXSIZE', size);
    await expect(set(3600, ids + 1)).rejects.toMatchObject({ code: 'ERR' });
    await expect(set(86_401, 100)).rejects.toMatchObject({ code: 'ERR' });
    await set(3600, ids);
    const add = (id: number) => admin('XADD', log, 'IDMP', 'p', `id-${id}`, '*', 'd', 'x');
    const first = await add(0);
    const more = `for i = 1, ${ids} do redis.call('XADD', KEYS[1], 'IDMP', 'p', 'id-' .. i, '*', 'd', 'x') end`;
    await admin('EVAL', more, 1, log);
    // Within its hour, and forgotten.
    expect(await add(0)).not.toBe(first);
    const kept = await add(ids);
    expect(await add(ids)).toBe(kept);
    await set(7200, ids);
    expect(await add(ids)).not.toBe(kept);
  });
}

describe.skipIf(!full)(full ? 'newer commands' : 'newer commands (skipped: full tier only)', () => {
  overMatrix('why they are not used', reasons, {
    columns: [singleColumn(ioredisClient, 'redis-8.6')],
    keys: streamKeys,
    // It fills a server's memory of ids on purpose.
    slowLog: false,
  });
});
