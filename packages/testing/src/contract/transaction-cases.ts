import assert from 'node:assert/strict';
import { defineScript, integerReply, type Reply, rawReply, type ServerError } from '@penknife/core';
import { failureOf } from './batch-cases.js';
import { type ContractCase, casesOf } from './contract-case.js';
import { isError, keyed, keyless, rejectsWith } from './raw-commands.js';
import { limited } from './traits-cases.js';

const addTwo = defineScript({
  name: 'contract/add-two',
  lua: `return redis.call('INCRBY', KEYS[1], 2)`,
  keys: 1,
  args: 0,
  read: integerReply('contract/add-two'),
});

/** MULTI/EXEC. */
export const transactionCases: readonly ContractCase[] = casesOf('transaction', {
  'all run, and each has its value': async (context) => {
    const driver = await context.driver();
    const key = context.key('counter');
    const results = await driver.transaction([keyed('SET', key, 5), keyed('INCR', key), keyed('GET', key)]);
    assert.deepEqual(results, [
      { ok: true, value: 'OK' },
      { ok: true, value: 6 },
      { ok: true, value: '6' },
    ]);
  },
  'without the right to MULTI the commands may have run, and the error says so': async (context) => {
    const driver = await limited(context, '+@all', '-multi');
    const key = context.key('counter');
    const failed = await rejectsWith(driver.transaction([keyed('SET', key, 5), keyed('INCR', key)]), {
      kind: 'server',
    });
    // In the process MULTI is answered before the next command is written.
    const refusal = (failed as ServerError).sent === 'no' ? failed : failed.cause;
    isError(refusal, { kind: 'server', code: 'NOPERM' });
    assert.equal(await driver.send(keyed('GET', key)), refusal === failed ? null : '6');
  },
  'a command that fails does not undo the others': async (context) => {
    const driver = await context.driver();
    const key = context.key('counter');
    const results = await driver.transaction([
      keyed('INCR', key),
      keyed('LPUSH', key, 1),
      keyed('INCR', key),
    ]);
    assert.ok(results !== 'aborted');
    isError(failureOf(results[1]), { kind: 'server', code: 'WRONGTYPE' });
    assert.deepEqual(
      [results[0], results[2]],
      [
        { ok: true, value: 1 },
        { ok: true, value: 2 },
      ],
    );
  },
  'a reply that its reader does not know fails alone': async (context) => {
    const driver = await context.driver();
    const key = context.key('text');
    const misread = { ...keyed('GET', key), read: integerReply('GET') };
    const results = await driver.transaction([keyed('SET', key, 'words'), misread]);
    assert.ok(results !== 'aborted' && results[0].ok);
    isError(failureOf(results[1]), { kind: 'reply-shape' });
  },
  'a command that the server does not take makes none of them run': async (context) => {
    const driver = await context.driver();
    const key = context.key('counter');
    const call = driver.transaction([keyed('INCR', key), keyed('NOSUCHCOMMAND', key)]);
    await rejectsWith(call, { kind: 'server', code: 'EXECABORT' });
    assert.equal(await driver.send(keyed('GET', key)), null);
    assert.equal(await driver.send(keyless('PING')), 'PONG');
  },
  'nothing comes in between': async (context) => {
    const [left, right] = [await context.driver(), await context.driver()];
    const key = context.key('counter');
    const rounds = Array.from({ length: 100 }, (_, i) =>
      (i % 2 === 0 ? left : right).transaction([
        keyed('INCR', key),
        { ...keyed('GET', key), read: (reply: Reply) => Number(reply) },
        keyed('INCR', key),
      ]),
    );
    for (const results of await Promise.all(rounds)) {
      assert.ok(results !== 'aborted');
      const [first, between, last] = results.map((outcome) => outcome.ok && outcome.value);
      assert.deepEqual([between, last], [first, Number(first) + 1]);
    }
  },
  'a script inside runs even when the server has forgotten it': async (context) => {
    const driver = await context.driver();
    const key = context.key('counter');
    await context.setup.admin('SCRIPT', 'FLUSH');
    for (let round = 1; round <= 2; round++) {
      const results = await driver.transaction([addTwo([key], []), keyed('GET', key), addTwo([key], [])]);
      assert.ok(results !== 'aborted');
      assert.deepEqual(
        results.map((outcome) => outcome.ok && outcome.value),
        [4 * round - 2, String(4 * round - 2), 4 * round],
      );
      await context.setup.admin('SCRIPT', 'FLUSH');
    }
  },
  'on a lane, a watched key that changed aborts it': async (context) => {
    const driver = await context.driver();
    const key = context.key('watched');
    const lane = await context.lane(driver, key);
    await lane.send(keyed('WATCH', key));
    await driver.send(keyed('SET', key, 'theirs'));
    assert.equal(await lane.transaction([keyed('SET', key, 'ours')]), 'aborted');
    assert.equal(await driver.send(keyed('GET', key)), 'theirs');
    assert.deepEqual(await lane.transaction([keyed('SET', key, 'ours')]), [{ ok: true, value: 'OK' }]);
  },
  'on a lane, a watched key that nobody changed lets it run': async (context) => {
    const driver = await context.driver();
    const key = context.key('watched');
    const lane = await context.lane(driver, key);
    await lane.send(keyed('WATCH', key));
    await driver.send({ ...keyed('GET', key), read: rawReply });
    assert.deepEqual(await lane.transaction([keyed('INCR', key)]), [{ ok: true, value: 1 }]);
  },
});
