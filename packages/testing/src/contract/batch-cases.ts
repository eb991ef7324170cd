import assert from 'node:assert/strict';
import { integerReply, type Outcome, stringReply } from '@penknife/core';
import { type ContractCase, casesOf } from './contract-case.js';
import { isError, keyed, keyless } from './raw-commands.js';

/** Many commands at once, each with its own outcome. */
export const batchCases: readonly ContractCase[] = casesOf('batch', {
  'outcomes stand in the order of the commands, read by their readers': async (context) => {
    const driver = await context.driver();
    const key = context.key('value');
    const results = await driver.batch([
      keyed('SET', key, '41'),
      { ...keyed('STRLEN', key), read: integerReply('STRLEN') },
      { ...keyless('ECHO', 'x'), read: (reply) => stringReply('ECHO')(reply).length },
    ]);
    assert.equal(results.length, 3);
    assert.deepEqual(results[0], { ok: true, value: 'OK' });
    assert.ok(results[1].ok && (results[1].value === 2 || results[1].value === 0));
    assert.deepEqual(results[2], { ok: true, value: 1 });
  },
  'an empty batch gives an empty array': async (context) => {
    assert.deepEqual(await (await context.driver()).batch([]), []);
  },
  'each failure is its own, and costs no neighbour its result': async (context) => {
    const driver = await context.driver();
    const text = context.key('text');
    await driver.send(keyed('SET', text, 'words'));
    const [wrongType, value, notANumber, misread, pong] = await driver.batch([
      keyed('LPUSH', text, 1),
      keyed('GET', text),
      keyed('INCR', text),
      { ...keyed('GET', text), read: integerReply('GET') },
      keyless('PING'),
    ]);
    isError(failureOf(wrongType), { kind: 'server', code: 'WRONGTYPE' });
    assert.deepEqual(value, { ok: true, value: 'words' });
    isError(failureOf(notANumber), { kind: 'server', code: 'ERR' });
    isError(failureOf(misread), { kind: 'reply-shape' });
    assert.deepEqual(pong, { ok: true, value: 'PONG' });
  },
  'keys may lie in any slots': async (context) => {
    const driver = await context.driver();
    const keys = Array.from({ length: 60 }, (_, i) => context.key('value', `slot${i}`));
    const written = await driver.batch(keys.map((key, i) => keyed('SET', key, i)));
    assert.ok(written.every((outcome) => outcome.ok && outcome.value === 'OK'));
    const read = await driver.batch(keys.map((key) => keyed('GET', key)));
    assert.deepEqual(
      read.map((outcome) => outcome.ok && outcome.value),
      keys.map((_, i) => String(i)),
    );
  },
  'five thousand commands are one batch like any other': async (context) => {
    const driver = await context.driver();
    const key = context.key('counter');
    const results = await driver.batch(Array.from({ length: 5000 }, () => keyed('INCR', key)));
    const seen = new Set(results.map((outcome) => outcome.ok && outcome.value));
    assert.equal(seen.size, 5000);
    assert.equal(await driver.send(keyed('GET', key)), '5000');
  },
  'a lane has it too': async (context) => {
    const driver = await context.driver();
    const key = context.key('counter');
    const lane = await context.lane(driver, key);
    const results = await lane.batch([keyed('INCR', key), keyed('LPUSH', key, 1), keyed('INCR', key)]);
    assert.deepEqual(
      [results[0], results[2]],
      [
        { ok: true, value: 1 },
        { ok: true, value: 2 },
      ],
    );
    isError(failureOf(results[1]), { kind: 'server', code: 'WRONGTYPE' });
  },
});

/** The error of an outcome that must have failed. */
export function failureOf(outcome: Outcome<unknown>): unknown {
  return outcome.ok ? assert.fail(`succeeded with ${String(outcome.value)}`) : outcome.error;
}
