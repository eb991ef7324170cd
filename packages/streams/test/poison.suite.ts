import { runInNewContext } from 'node:vm';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createStreams, defineStream, type Stream, streamKeys } from '../src/index.js';
import { all, collected } from './collected.js';
import { patiently } from './patience.js';
import { drafts, type Numbered, numbers, orders } from './sample-streams.js';

type Numbers = Stream<{ readonly data: Numbered }, { readonly data: Numbered }>;

/** What a consumer makes of entries that are no messages of its stream. */
export function poisonSuite(context: MatrixContext): void {
  const keys = streamKeys.in('pk');
  const group = 'g';
  const open = async (): Promise<Numbers> => createStreams(await context.driver()).open(numbers);
  const pending = async (): Promise<unknown> =>
    ((await context.admin('XPENDING', keys.log('numbers'), group)) as unknown[])[0];
  const waits = <T>(promise: Promise<T>): Promise<T> => patiently(context, promise);

  it('poison goes to the dead letters with its reason, and the loop goes on', async () => {
    const log = await open();
    const key = keys.log('numbers');
    await log.append({ data: { n: 1 } });
    await context.admin('XADD', key, '*', 'foreign', 'entry');
    await context.admin('XADD', key, '*', 'd', '\u00011j{"n":"text"}');
    await context.admin('XADD', key, '*', 'd', '\u00011j{{{{');
    await log.append({ data: { n: 2 } });
    const seen = collected<number>();
    const consumer = log.consume(group, ({ data }) => seen.push(data.n));
    await waits(seen.atLeast(2));
    await consumer.close();
    const letters = await all(log.deadLetters(group).list());
    expect(letters.map(({ reason }) => reason)).toEqual(['foreign', 'schema', 'codec']);
    expect(letters[1]?.poison?.reason).toBe('schema');
    expect(letters.map(({ message }) => message)).toEqual([null, null, null]);
    expect(await pending()).toBe(0);
  });

  it('an event nobody knows is poison too, and so is none where there must be one', async () => {
    const stream = createStreams(await context.driver()).open(orders);
    const key = keys.log('orders');
    await context.admin('XADD', key, '*', 'd', '\u00011j{"n":1}', 'e', 'unheard-of');
    await context.admin('XADD', key, '*', 'd', '\u00011j{"n":1}');
    await stream.append({ event: 'placed', data: { n: 2 } });
    const seen = collected<unknown>();
    const consumer = stream.consume(group, ({ data }) => seen.push(data));
    expect(await waits(seen.atLeast(1))).toEqual([{ n: 2 }]);
    await consumer.close();
    const letters = await all(stream.deadLetters(group).list());
    expect(letters.map(({ reason }) => reason)).toEqual(['unknown-event', 'unknown-event']);
  });

  it('a schema that throws, rejects or gives nothing makes poison, and one that is late makes messages', async () => {
    const answers: Record<number, () => unknown> = {
      0: () => {
        throw new Error('no');
      },
      1: () => undefined,
      2: () => Promise.reject(new Error('no')),
      3: () => Promise.resolve(undefined),
      5: () => ({ issues: 'no list' }),
      6: () => Promise.resolve({ issues: [null] }),
      // No Promise of this realm.
      4: () => runInNewContext('Promise.resolve({ value: { n: 4 } })'),
    };
    const schema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) => answers[(value as Numbered).n]?.() as { readonly value: Numbered },
      },
    } as const;
    const broken = defineStream('numbers', { schema, retention: 'forever' }) as typeof numbers;
    const log = await open();
    await log.appendMany(drafts(7));
    const seen = collected<number>();
    const buried = collected<string>();
    const consumer = createStreams(await context.driver())
      .open(broken)
      .consume(group, ({ data }) => seen.push(data.n), {
        onEvent: (event) => event.type === 'dead-letter' && buried.push(event.reason),
      });
    await waits(Promise.all([seen.atLeast(1), buried.atLeast(6)]));
    expect(seen.items).toEqual([4]);
    expect(buried.items).toEqual(new Array(6).fill('schema'));
    await consumer.close();
    expect(await pending()).toBe(0);
    // Nor does such an answer let a message in.
    const schemas = createStreams(await context.driver()).open(broken);
    for (const n of [1, 3, 5, 6])
      await expect(schemas.append({ data: { n } })).rejects.toMatchObject({ code: 'SCHEMA' });
    const late = () => runInNewContext('Promise.resolve({ issues: [{ message: "no" }] })');
    answers[4] = late;
    await expect(schemas.append({ data: { n: 4 } })).rejects.toMatchObject({ code: 'SCHEMA' });
  });

  it('a foreign entry with more fields than a script can hand on is poison like any other', async () => {
    const log = await open();
    const fields = Array.from({ length: 4200 }, (_, i) => [`f${i}`, 'x']).flat();
    await context.admin('XADD', keys.log('numbers'), '*', ...fields);
    await log.append({ data: { n: 1 } });
    const buried = collected<string>();
    const seen = collected<number>();
    const consumer = log.consume(group, ({ data }) => seen.push(data.n), {
      onEvent: (event) => event.type === 'dead-letter' && buried.push(event.reason),
    });
    await waits(Promise.all([seen.atLeast(1), buried.atLeast(1)]));
    expect(buried.items).toEqual(['foreign']);
    await consumer.close();
    expect(await pending()).toBe(0);
    expect(await log.deadLetters(group).replay()).toBe(1);
    await context.admin('XGROUP', 'CREATE', keys.log('numbers'), 'slow', '0');
    expect(await log.trim({ maxLength: 0, unread: 'aside' })).toMatchObject({ removed: 2, movedAside: 2 });
  });
}
