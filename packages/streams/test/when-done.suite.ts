import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createStreams, type Stream, streamKeys } from '../src/index.js';
import { collected, gate } from './collected.js';
import { patiently } from './patience.js';
import { drafts, type Numbered, numbers } from './sample-streams.js';

type Numbers = Stream<{ readonly data: Numbered }, { readonly data: Numbered }>;

/** Deleting what every group is done with: by the server where it can, else by our script, with the same behaviour. */
export function whenDoneSuite(context: MatrixContext): void {
  const log = streamKeys.in('pk').log('numbers');
  const open = async (): Promise<Numbers> => createStreams(await context.driver()).open(numbers);
  const waits = <T>(promise: Promise<T>): Promise<T> => patiently(context, promise);
  const length = async (): Promise<number> => Number(await context.admin('XLEN', log));
  const gone = async (left: number): Promise<void> => {
    while ((await length()) !== left) await context.advance(5);
  };
  const deleting = { whenDone: 'delete', retry: { failures: 1 } } as const;

  it('an entry goes with the last acknowledgement, and stays while a group has not had it or is not done', async () => {
    const stream = await open();
    await stream.appendMany(drafts(3));
    await context.admin('XGROUP', 'CREATE', log, 'slow', '0');
    const done = collected<number>();
    const fast = stream.consume('fast', ({ data }) => done.push(data.n), deleting);
    await waits(done.atLeast(3));
    await waits(
      (async () => {
        while ((await stream.stats('fast')).pending > 0) await context.advance(1);
      })(),
    );
    expect(await length()).toBe(3);
    const hold = gate();
    const slow = stream.consume('slow', ({ data }) => (data.n === 1 ? hold.passed : undefined), deleting);
    await gone(2);
    hold.open();
    await gone(0);
    await Promise.all([fast.close(), slow.close()]);
  });

  it('so does one that became a dead letter, which can be replayed, and one with an effect', async () => {
    const stream = await open();
    await stream.appendMany(drafts(2));
    const counter = `count:${stream.hashTag}`;
    let broken = true;
    const done = collected<number>();
    const consumer = stream.consume(
      'g',
      async (message) => {
        const { n } = message.data;
        if (n === 1 && broken) throw new Error('never');
        await message.handleOnce([{ args: ['INCR', counter], keys: [counter] }]);
        done.push(n);
      },
      deleting,
    );
    await waits(done.atLeast(1));
    await gone(0);
    expect(await stream.deadLetters('g').count()).toBe(1);
    broken = false;
    expect(await stream.deadLetters('g').replay()).toBe(1);
    expect(await waits(done.atLeast(2))).toEqual([0, 1]);
    await gone(0);
    expect(await context.admin('GET', counter)).toBe('2');
    await context.admin('DEL', counter);
    await consumer.close();
  });

  it('tells who does it', async () => {
    const driver = await context.driver();
    const stream = createStreams(driver).open(numbers);
    const consumer = stream.consume('g', () => undefined, { whenDone: 'delete' });
    const keeping = stream.consume('g', () => undefined);
    await waits(Promise.all([consumer.ready, keeping.ready]));
    const xackdel = (await driver.traits()).supports('xackdel');
    expect(consumer.capabilities).toEqual({
      deleting: xackdel ? 'XACKDEL' : 'script',
      takeOver: 'script',
      dedup: 'script',
      append: 'plain',
    });
    expect(keeping.capabilities.deleting).toBe('off');
    await Promise.all([consumer.close(), keeping.close()]);
    expect(() => stream.consume('g', () => undefined, { whenDone: 'later' as 'keep' })).toThrow('whenDone');
  });
}
