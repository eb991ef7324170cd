import assert from 'node:assert/strict';
import type { Driver } from '@penknife/core';
import { type ContractCase, casesOf } from './contract-case.js';
import type { ContractContext } from './contract-context.js';
import { isError, keyed, rejectsWith, repeatable, started } from './raw-commands.js';

/** Takes the server away; it is back when the case ends, if the case did not bring it back itself. */
export async function withoutServer(context: ContractContext, key: string): Promise<() => Promise<void>> {
  await context.fault('kill')(key);
  let back = false;
  const restart = async (): Promise<void> => {
    if (back) return;
    back = true;
    await context.fault('restart')(key);
  };
  context.atEnd(restart);
  return restart;
}

/** Waits until a driver knows that the server is gone: a call then ends unsent. */
export async function noticed(context: ContractContext, driver: Driver, key: string): Promise<void> {
  await context.eventually('the driver notices that the server is gone', async () => {
    const probe = driver.send(keyed('GET', key), { deadlineMs: 5 }).catch((error: unknown) => error);
    await context.setup.advance(5);
    return ((await probe) as { sent?: string } | null)?.sent === 'no';
  });
}

/** Calls while there is no connection: they wait in the driver, and leave nothing behind when they are given up. */
export const gateCases: readonly ContractCase[] = [
  ...casesOf('gate', {
    'ghost command: a call given up while the server was away never runs': async (context) => {
      const driver = await context.driver();
      const key = context.key('ghost');
      await driver.send(keyed('DEL', key));
      const restart = await withoutServer(context, key);
      await noticed(context, driver, key);
      const controller = new AbortController();
      const expired = rejectsWith(driver.send(keyed('SADD', key, 'expired'), { deadlineMs: 30 }), {
        kind: 'connection',
        sent: 'no',
      });
      const aborted = rejectsWith(driver.send(keyed('SADD', key, 'aborted'), { signal: controller.signal }), {
        kind: 'aborted',
        sent: 'no',
      });
      const transaction = rejectsWith(driver.transaction([keyed('SADD', key, 'exec')], { deadlineMs: 30 }), {
        kind: 'connection',
        sent: 'no',
      });
      const batch = started(driver.batch([keyed('SADD', key, 'batch')], { deadlineMs: 30 }));
      await context.setup.advance(30);
      controller.abort();
      await Promise.all([expired, aborted, transaction, batch]);
      await restart();
      assert.equal(await context.passing(driver.send(repeatable(keyed('SADD', key, 'kept')))), 1);
      assert.deepEqual(await driver.send(keyed('SMEMBERS', key)), ['kept']);
    },
    'the first call waits for the connection, none is lost': async (context) => {
      const driver = await context.driver();
      const key = context.key('counter');
      const values = await Promise.all(Array.from({ length: 100 }, () => driver.send(keyed('INCR', key))));
      assert.equal(new Set(values).size, 100);
    },
  }),
  ...casesOf('gate', {
    'a call that still waits when the server is back runs, once': async (context) => {
      const driver = await context.driver();
      const key = context.key('counter');
      await driver.send(keyed('DEL', key));
      const restart = await withoutServer(context, key);
      await noticed(context, driver, key);
      const calls = Array.from({ length: 20 }, () =>
        started(driver.send(keyed('INCR', key), { deadlineMs: 10_000 })),
      );
      await restart();
      await context.eventually('all are answered', settledAll(calls), 2);
      const values = (await Promise.all(calls)).map(Number).sort((a, b) => a - b);
      assert.deepEqual(
        values,
        Array.from({ length: 20 }, (_, i) => i + 1),
      );
    },
    // On a cluster they wait between tries, so the refusal comes after the first try and not at once.
    'more calls than gateLimit are refused, and those within it run': async (context) => {
      const driver = await context.driver({ gateLimit: 3 });
      const key = context.key('counter');
      await driver.send(keyed('DEL', key));
      const restart = await withoutServer(context, key);
      await noticed(context, driver, key);
      const refused: unknown[] = [];
      const values: unknown[] = [];
      const calls = Array.from({ length: 10 }, () =>
        driver.send(keyed('INCR', key), { deadlineMs: 10_000 }).then(
          (value) => values.push(value),
          (error: unknown) => refused.push(error),
        ),
      );
      await context.eventually('all but three are refused', () => refused.length === 7);
      for (const error of refused)
        assert.match(isError(error, { kind: 'connection', sent: 'no' }).message, /3 calls/);
      await restart();
      await context.eventually('the three are answered', settledAll(calls), 2);
      assert.deepEqual(new Set(values), new Set([1, 2, 3]));
    },
  }),
];

/** Becomes true once every promise is settled, however. */
export function settledAll(promises: readonly Promise<unknown>[]): () => boolean {
  let open = promises.length;
  for (const promise of promises) {
    const done = (): void => {
      open--;
    };
    promise.then(done, done);
  }
  return () => open === 0;
}
