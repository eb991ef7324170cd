import { sentOf } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createStreams, NotDurableError, type Stream, streamKeys } from '../src/index.js';
import { all } from './collected.js';
import { dressed } from './dressed.js';
import { drafts, type Numbered, numbers } from './sample-streams.js';

type Numbers = Stream<{ readonly data: Numbered }, { readonly data: Numbered }>;

/** Appends that wait until more than the primary has them. */
export function durabilitySuite(context: MatrixContext): void {
  // The memory engine has no replicas to wait for, in its cluster either.
  const replicated = context.column.topology === 'cluster' && !context.column.memory;
  const open = async (): Promise<Numbers> => createStreams(await context.driver()).open(numbers);

  context.where(replicated, 'this column has no replicas')(
    'resolves when a replica has it, for one and for many, and for a duplicate too',
    async () => {
      const stream = await open();
      const one = await stream.append({ data: { n: 1 }, id: 'a' }, { durable: 'replica' });
      const again = await stream.append({ data: { n: 1 }, id: 'a' }, { durable: 'replica' });
      expect(again).toEqual({ id: one.id, duplicate: true });
      expect(await stream.appendMany(drafts(450), { durable: 'replica', replicas: 1 })).toHaveLength(450);
    },
  );

  it('rejects when there are fewer replicas than wanted, and tells what is in the log all the same', async () => {
    const stream = await open();
    const failed = await stream
      .append({ data: { n: 1 }, id: 'a' }, { durable: 'replica', replicas: 5, confirmWithin: 30 })
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(NotDurableError);
    expect(failed).toMatchObject({ code: 'NOT_DURABLE', replicas: replicated ? 1 : 0, flushed: true });
    const [appended] = (failed as NotDurableError).appended;
    expect(await stream.append({ data: { n: 1 }, id: 'a' })).toEqual({ id: appended?.id, duplicate: true });
    // A duplicate is not confirmed by the write of another connection.
    await expect(
      stream.append({ data: { n: 1 }, id: 'a' }, { durable: 'replica', replicas: 5, confirmWithin: 30 }),
    ).rejects.toBeInstanceOf(NotDurableError);
  });

  it('a connection that is lost between the append and its confirmation takes nothing back', async () => {
    const driver = await context.driver();
    const losing = dressed(driver, {
      async openLane(options) {
        const lane = await driver.openLane(options);
        return {
          ...lane,
          async send(command, how) {
            if (command.args[0] === 'WAIT') await lane.close();
            return lane.send(command, how);
          },
        };
      },
    });
    const stream = createStreams(losing).open(numbers);
    const failed = await stream
      .appendMany(drafts(450), { durable: 'replica' })
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'NOT_DURABLE', replicas: 0, cause: { code: 'CLOSED', sent: 'no' } });
    expect(sentOf(failed)).toBe('maybe');
    // All of them, not only those of the last act.
    const { appended } = failed as NotDurableError;
    expect((await all(stream.range())).map(({ id }) => id)).toEqual(appended.map(({ id }) => id));
    expect(appended).toHaveLength(450);
  });

  it('the append-only file: confirmed, or refused before anything is sent where the server has no WAITAOF', async () => {
    const driver = await context.driver();
    const stream = createStreams(driver).open(numbers);
    const append = stream.append({ data: { n: 1 } }, { durable: 'aof', confirmWithin: 30 });
    if (!(await driver.traits()).supports('waitaof')) {
      await expect(append).rejects.toMatchObject({ code: 'UNSUPPORTED' });
      expect(await context.admin('EXISTS', streamKeys.in('pk').log('numbers'))).toBe(0);
      return;
    }
    // The server answers only where it keeps such a file; the message is in the log, and the error must not say otherwise.
    await expect(append).rejects.toMatchObject({
      code: 'NOT_DURABLE',
      flushed: false,
      cause: { code: 'ERR' },
    });
    expect(await context.admin('XLEN', streamKeys.in('pk').log('numbers'))).toBe(1);
    // The memory engine has its file by an option of its own, from the start or not at all.
    if (context.column.memory) return;
    await context.admin('CONFIG', 'SET', 'appendonly', 'yes');
    try {
      await stream.append({ data: { n: 2 } }, { durable: 'aof', confirmWithin: '5s' });
    } finally {
      await context.admin('CONFIG', 'SET', 'appendonly', 'no');
    }
  });

  it('refuses what makes no sense', async () => {
    const stream = await open();
    for (const [argument, options] of [
      ['durable', { durable: 'disk' as 'aof' }],
      ['replicas', { replicas: 1 }],
      ['replicas', { durable: 'replica', replicas: 0 }],
      ['confirmWithin', { durable: 'replica', confirmWithin: 0 }],
    ] as const) {
      await expect(stream.append({ data: { n: 1 } }, options)).rejects.toMatchObject({ argument });
    }
  });
}
