import type { StandardSchema } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createPartitionedQueue, createQueue, queueKeys } from '../src/index.js';
import { keysOf } from '../src/keys.js';

/** Bad input and foreign data: a typed error, and nothing changes. */
export function refusalSuite(context: MatrixContext): void {
  it('ids, priorities, delays and payloads that break a rule are refused before anything is sent', async () => {
    const driver = await context.driver();
    const queue = createQueue<unknown>(driver, 'strict');
    const { received } = await context.counts(async () => {
      for (const id of ['', 'x'.repeat(201), '\ud800', 7 as unknown as string])
        await expect(queue.add(1, { id })).rejects.toMatchObject({ argument: 'id' });
      for (const priority of [0.5, 101, Number.NaN])
        await expect(queue.add(1, { priority })).rejects.toMatchObject({ argument: 'priority' });
      for (const delay of [-1, Number.NaN, '5 minutes' as '5m'] as const)
        await expect(queue.add(1, { delay })).rejects.toMatchObject({ argument: 'delay' });
      await expect(queue.add('x'.repeat(10_000_000))).rejects.toMatchObject({ argument: 'data' });
      await expect(queue.add(undefined)).rejects.toMatchObject({ code: 'CODEC' });
      await expect(queue.addMany(Array.from({ length: 1001 }, () => ({ data: 1 })))).rejects.toMatchObject({
        argument: 'jobs',
      });
      await expect(queue.list('dead', { limit: 0 })).rejects.toMatchObject({ argument: 'limit' });
      await expect(queue.replay([''])).rejects.toMatchObject({ argument: 'id' });
      for (const id of ['a\0b', 'x'.repeat(201)])
        await expect(queue.add(1, { group: id })).rejects.toMatchObject({ argument: 'group' });
      await expect(queue.add(1, { onDuplicate: 'debounce' as 'keep' })).rejects.toMatchObject({
        argument: 'onDuplicate',
      });
      for (const at of [Number.NaN, -1, new Date('never'), '2026-11-27' as never])
        await expect(queue.add(1, { at })).rejects.toMatchObject({ argument: 'at' });
      await expect(queue.add(1, { at: 1, delay: 1 })).rejects.toMatchObject({ argument: 'at' });
      for (const wrong of [
        queue.add(1, null as never),
        queue.addMany([{ data: 1 }], null as never),
        queue.list('dead', undefined as never),
        queue.finished('x', null as never),
        createPartitionedQueue(driver, 'p', { partitions: 2 }).add(1, null as never),
      ])
        await expect(wrong).rejects.toMatchObject({ argument: 'options' });
      await expect(queue.addMany([null as never])).rejects.toMatchObject({ argument: 'job' });
      await expect(queue.add(1, { throttle: -1 })).rejects.toMatchObject({ argument: 'throttle' });
      await expect(queue.list('over' as 'dead', { limit: 1 })).rejects.toMatchObject({ argument: 'state' });
      await expect(queue.list('dead', { limit: 1, skip: -1 })).rejects.toMatchObject({ argument: 'skip' });
      await expect(queue.cancel(Array.from({ length: 1001 }, () => 'x'))).rejects.toMatchObject({
        argument: 'ids',
      });
      await expect(queue.finished('x')).rejects.toMatchObject({ argument: 'results' });
      expect(await queue.addMany([])).toEqual([]);
      expect(await queue.replay([])).toBe(0);
    });
    expect(received).toBe(0);
  });

  it('options that break a rule are refused by their name', async () => {
    const driver = await context.driver();
    for (const none of [undefined, null, {}])
      expect(() => createQueue(none as never, 'q')).toThrow(expect.objectContaining({ argument: 'driver' }));
    expect(() => createQueue(driver, 'q', null as never)).toThrow(
      expect.objectContaining({ argument: 'options' }),
    );
    expect(() => createQueue(driver, 'a:b')).toThrow(expect.objectContaining({ argument: 'name' }));
    for (const [argument, options] of [
      ['retry.failures', { retry: { failures: 0 } }],
      ['retry.crashes', { retry: { crashes: 1.5 } }],
      ['retry.base', { retry: { base: -1 } }],
      ['retry.jitter', { retry: { jitter: 'ful' as never } }],
      ['priorityStep', { priorityStep: 0 }],
      ['deadLetters', { deadLetters: 0 }],
      ['deadLettersFor', { deadLettersFor: 0 }],
      ['groupConcurrency', { groupConcurrency: 0 }],
      ['rate.jobs', { rate: { jobs: 0, per: '1s' } }],
      ['rate.jobs', { rate: { jobs: 2000, per: 1 } }],
      ['rate.per', { rate: { jobs: 1, per: 0 } }],
      ['rate.burst', { rate: { jobs: 1, per: '1s', burst: 0 } }],
      ['results.keep', { results: { keep: 0 } }],
      ['results.most', { results: { keep: '1h', most: 0 } }],
      ['namespace', { namespace: '{x}' }],
      ['deadlineMs', { deadlineMs: 0 }],
      ['retry', { retry: null as never }],
      ['results', { results: null as never }],
      ['rate', { rate: null as never }],
      ['codec', { codec: {} as never }],
      ['schema', { schema: {} as never }],
      ['schema', { schema: null as never }],
      ['schema', { schema: 'zod' as never }],
      ['schema', { schema: (() => undefined) as never }],
    ] as const)
      expect(() => createQueue(driver, 'q', options), argument).toThrow(
        expect.objectContaining({ argument }),
      );
    const queue = createQueue(driver, 'q');
    for (const [argument, options] of [
      ['concurrency', { concurrency: 0 }],
      ['lease', { lease: 99 }],
      ['poll', { poll: 0 }],
      ['onEvent', { onEvent: 5 as never }],
    ] as const)
      expect(() => queue.work(() => undefined, options)).toThrow(expect.objectContaining({ argument }));
    expect(() => queue.work(undefined as never)).toThrow(expect.objectContaining({ argument: 'handler' }));
  });

  it('a Standard Schema may be a function, as those of arktype are', async () => {
    const schema: StandardSchema<unknown, string> = Object.assign(() => undefined, {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (value: unknown) =>
          typeof value === 'string' ? { value: value.trim() } : { issues: [{ message: 'no text' }] },
      },
    });
    const driver = await context.driver();
    const queue = createQueue(driver, 'typed', { schema });
    await queue.add(' a ', { id: 'a' });
    expect(await queue.job('a')).toMatchObject({ data: 'a' });
    await expect(queue.add(7 as never)).rejects.toMatchObject({ code: 'SCHEMA' });
  });

  it('foreign data at any of its keys is an error that leaves everything as it is', async () => {
    const queue = createQueue<string>(await context.driver(), 'foreign');
    const keys = keysOf(queueKeys.in('pk'), 'foreign');
    for (const key of keys) {
      await context.admin('DEL', ...keys);
      await queue.add('a', { id: 'a' });
      await context.admin('DEL', key);
      await context.admin('SET', key, 'somebody else’s', 'PX', '60000');
      await expect(queue.add('b', { id: 'b', delay: '1h' })).rejects.toMatchObject({ code: 'QUEUE_KEY' });
      await expect(queue.counts()).rejects.toMatchObject({ code: 'QUEUE_KEY' });
      await expect(queue.remove('a')).rejects.toMatchObject({ code: 'QUEUE_KEY' });
      expect(await context.admin('GET', key)).toBe('somebody else’s');
    }
    await context.admin('DEL', ...keys);
  });

  it('the everyday add looks at no type: foreign data at what it needs is refused by the server, all else is not its business', async () => {
    const driver = await context.driver();
    const keys = keysOf(queueKeys.in('pk'), 'foreign');
    for (const results of [undefined, { keep: '1h' }] as const) {
      const queue = createQueue<string>(driver, 'foreign', results && { results });
      const needed = queueKeys.in('pk');
      const own = [needed.waiting('foreign'), needed.jobs('foreign')];
      if (results) own.push(needed.finished('foreign'));
      for (const key of keys) {
        await context.admin('DEL', ...keys);
        await context.admin('SET', key, 'somebody else’s', 'PX', '60000');
        const adding = queue.addMany([{ data: 'b', id: 'b' }, { data: 'c' }]);
        if (own.includes(key)) {
          await expect(adding, key).rejects.toMatchObject({ code: 'QUEUE_KEY' });
          for (const other of own) expect(await context.admin('EXISTS', other)).toBe(other === key ? 1 : 0);
        } else expect(await adding, key).toHaveLength(2);
        expect(await context.admin('GET', key)).toBe('somebody else’s');
      }
    }
    await context.admin('DEL', ...keys);
  });

  it('the latest dead letters are kept, the oldest forgotten', async () => {
    const queue = createQueue<number>(await context.driver(), 'bounded', {
      deadLetters: 3,
      retry: { failures: 1 },
    });
    await queue.addMany([1, 2, 3, 4, 5].map((data) => ({ data, id: `j${data}` })));
    const worker = queue.work(() => {
      throw new Error('always');
    });
    while ((await queue.counts()).waiting + (await queue.counts()).working > 0);
    await worker.close();
    expect((await queue.counts()).dead).toBe(3);
    expect((await queue.list('dead', { limit: 10 })).map(({ data }) => data)).toHaveLength(3);
    expect(await queue.job('j1')).toBeUndefined();
  });
}
