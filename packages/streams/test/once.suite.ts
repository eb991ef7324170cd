import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { type ConsumerEvent, createStreams, type OnceStatus, type Stream, streamKeys } from '../src/index.js';
import { all, collected, gate } from './collected.js';
import { patiently } from './patience.js';
import { drafts, type Numbered, numbers } from './sample-streams.js';

type Numbers = Stream<{ readonly data: Numbered }, { readonly data: Numbered }>;

/** Effects that are done once; pausing, resuming and moving a group. */
export function onceSuite(context: MatrixContext): void {
  const group = 'g';
  const log = streamKeys.in('pk').log('numbers');
  const open = async (): Promise<Numbers> => createStreams(await context.driver()).open(numbers);
  const waits = <T>(promise: Promise<T>): Promise<T> => patiently(context, promise);
  const effectOn = (key: string) => ({ args: ['INCR', key], keys: [key] }) as const;
  /** The test's own key lives no longer than it is looked at. */
  const countOf = async (key: string): Promise<unknown> => {
    await context.admin('PEXPIRE', key, 60_000);
    return context.admin('GET', key);
  };

  it('trap 7: an effect is done once, also when the message comes again', async () => {
    const stream = await open();
    const key = `sold:${stream.hashTag}`;
    await stream.appendMany(drafts(3));
    const statuses = collected<OnceStatus>();
    const handler = async (message: {
      handleOnce(effects: readonly ReturnType<typeof effectOn>[]): Promise<OnceStatus>;
    }) => statuses.push(await message.handleOnce([effectOn(key)]));
    const consumer = stream.consume(group, handler);
    await waits(statuses.atLeast(3));
    await stream.seek(group, 'start');
    await waits(statuses.atLeast(6));
    await consumer.close();
    expect(statuses.items).toEqual(['done', 'done', 'done', 'duplicate', 'duplicate', 'duplicate']);
    expect(await countOf(key)).toBe('3');
    expect(((await context.admin('XPENDING', log, group)) as unknown[])[0]).toBe(0);
  });

  it('an effect is not done by one who does not own the message any more', async () => {
    const stream = await open();
    const key = `sold:${stream.hashTag}`;
    await stream.append({ data: { n: 1 } });
    const [reached, go] = [gate(), gate()];
    const statuses = collected<OnceStatus>();
    const consumer = stream.consume(group, async (message) => {
      reached.open(undefined);
      await go.passed;
      statuses.push(await message.handleOnce([effectOn(key)]));
    });
    await waits(reached.passed);
    const [[id]] = (await context.admin('XPENDING', log, group, '-', '+', 1)) as [[string]];
    await context.admin('XCLAIM', log, group, 'another', 0, id);
    go.open(undefined);
    expect(await waits(statuses.atLeast(1))).toEqual(['not-ours']);
    await consumer.close();
    expect(await context.admin('EXISTS', key)).toBe(0);
  });

  it('an effect that fails rejects, and the message stays to be tried again', async () => {
    const stream = await open();
    const key = `sold:${stream.hashTag}`;
    await context.admin('SET', key, 'no number', 'PX', 60_000);
    await stream.append({ data: { n: 1 } });
    const failed = collected<unknown>();
    const consumer = stream.consume(group, (message) =>
      message.handleOnce([effectOn(key)]).catch((error: unknown) => failed.push(error)),
    );
    expect(await waits(failed.atLeast(1))).toMatchObject([{ code: 'ERR' }]);
    await consumer.close();
    expect((await stream.stats(group)).pending).toBe(1);
  });

  it('an effect that fails is a failure like any other: tried again with backoff, then a dead letter that says why', async () => {
    const stream = await open();
    const key = `sold:${stream.hashTag}`;
    await context.admin('SET', key, 'no number', 'PX', 60_000);
    await stream.append({ data: { n: 1 } });
    const events = collected<ConsumerEvent>();
    const failures = collected<number>();
    const consumer = stream.consume(
      group,
      async (message) => {
        failures.push(message.failures);
        // Whether the handler passes the error on or swallows it.
        const done = message.handleOnce([effectOn(key)]);
        await (message.failures === 0 ? done : done.catch(() => undefined));
      },
      {
        lease: '1h',
        retry: { failures: 2, base: 5, jitter: 'none' },
        onEvent: (event) => events.push(event),
      },
    );
    await waits(events.first(({ type }) => type === 'dead-letter'));
    expect(failures.items).toEqual([0, 1]);
    await consumer.close();
    expect(await all(stream.deadLetters(group).list())).toMatchObject([
      { reason: 'failed', failures: 2, error: { name: 'ServerError' } },
    ]);
    expect((await stream.stats(group)).pending).toBe(0);
  });

  it('refuses effects that cannot be done in one act', async () => {
    const stream = await open();
    const key = `sold:${stream.hashTag}`;
    await stream.append({ data: { n: 1 } });
    const refused = collected<unknown>();
    const bad = [
      [],
      [{ args: ['EVAL', 'return 1', 1, key], keys: [key] }],
      [{ args: ['INCR', '{elsewhere}'], keys: ['{elsewhere}'] }],
      [{ args: ['INCR', key], keys: [`other:${stream.hashTag}`] }],
    ] as const;
    const consumer = stream.consume(group, async (message) => {
      for (const effects of bad) {
        await message.handleOnce(effects as never).catch((error: unknown) => refused.push(error));
      }
    });
    for (const error of await waits(refused.atLeast(4))) {
      expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    await consumer.close();
  });

  it('pauses and resumes; while it is paused others get everything', async () => {
    const stream = await open();
    const [mine, theirs] = [collected<number>(), collected<number>()];
    const consumer = stream.consume(group, ({ data }) => mine.push(data.n));
    await waits(consumer.ready);
    await waits(consumer.pause());
    expect(consumer.health().paused).toBe(true);
    await stream.appendMany(drafts(3));
    const other = stream.consume(group, ({ data }) => theirs.push(data.n));
    await waits(theirs.atLeast(3));
    await other.close();
    await stream.append({ data: { n: 9 } });
    await context.advance(20);
    expect(mine.items).toEqual([]);
    consumer.resume();
    expect(await waits(mine.atLeast(1))).toEqual([9]);
    await consumer.close();
  });

  it('seeks to an id, a time, the start and now, under running consumers', async () => {
    const stream = await open();
    const seen = collected<number>();
    const appended = await stream.appendMany(drafts(5));
    const consumer = stream.consume(group, ({ data }) => seen.push(data.n));
    await waits(seen.atLeast(5));
    await stream.seek(group, { id: appended[2]?.id as string });
    expect((await waits(seen.atLeast(7))).slice(5)).toEqual([3, 4]);
    await context.advance(2);
    const late = await stream.append({ data: { n: 5 } });
    await waits(seen.atLeast(8));
    await stream.seek(group, { timeMs: Number(late.id.split('-')[0]) });
    expect((await waits(seen.atLeast(9))).slice(8)).toEqual([5]);
    await stream.seek(group, 'start');
    expect((await waits(seen.atLeast(15))).slice(9)).toEqual([0, 1, 2, 3, 4, 5]);
    await consumer.close();
    await stream.seek(group, 'now');
    expect(await stream.stats(group)).toMatchObject({ lag: 0 });
    await expect(stream.seek('nobody', 'start')).rejects.toMatchObject({ code: 'NOGROUP' });
    await expect(stream.seek(group, { id: 'x' })).rejects.toMatchObject({ argument: 'position' });
  });
}
