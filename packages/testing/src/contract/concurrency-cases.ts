import assert from 'node:assert/strict';
import { type ContractCase, casesOf } from './contract-case.js';
import { keyed, keyless } from './raw-commands.js';

/** Many calls at once on one connection. */
export const concurrencyCases: readonly ContractCase[] = casesOf('concurrency', {
  'ten thousand calls at once each get their own answer': async (context) => {
    const driver = await context.driver();
    const replies = await Promise.all(
      Array.from({ length: 10_000 }, (_, i) => driver.send(keyless('ECHO', i))),
    );
    assert.ok(replies.every((reply, i) => reply === String(i)));
  },
  'answers of any size keep their order': async (context) => {
    const driver = await context.driver();
    const sizes = Array.from({ length: 200 }, (_, i) => (i * 7919) % 30_000);
    const replies = await Promise.all(sizes.map((size) => driver.send(keyless('ECHO', 'x'.repeat(size)))));
    assert.deepEqual(
      replies.map((reply) => (reply as string).length),
      sizes,
    );
  },
  'calls, batches and transactions may be mixed': async (context) => {
    const driver = await context.driver();
    const key = context.key('counter');
    const mixed = Array.from({ length: 300 }, (_, i): Promise<unknown> => {
      if (i % 3 === 0) return driver.send(keyed('INCR', key));
      if (i % 3 === 1) return driver.batch([keyed('INCR', key), keyed('INCR', key)]);
      return driver.transaction([keyed('INCR', key), keyed('INCR', key)]);
    });
    await Promise.all(mixed);
    assert.equal(await driver.send(keyed('GET', key)), '500');
  },
  'two drivers see each other’s writes': async (context) => {
    const [left, right] = [await context.driver(), await context.driver()];
    const key = context.key('value');
    await left.send(keyed('SET', key, 'theirs'));
    assert.equal(await right.send(keyed('GET', key)), 'theirs');
  },
});
