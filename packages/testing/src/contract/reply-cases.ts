import assert from 'node:assert/strict';
import {
  bigintReply,
  type Command,
  integerReply,
  isServerError,
  type Reply,
  rawReply,
  stringReply,
} from '@penknife/core';
import { type ContractCase, casesOf } from './contract-case.js';
import { inBytes, keyed, keyless, rejectsWith } from './raw-commands.js';

const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);

function evaluate(key: string, lua: string): Command<Reply> {
  return { args: ['EVAL', lua, 1, key], key, read: rawReply };
}

/** What comes back: one shape whatever the client and the protocol. */
export const replyCases: readonly ContractCase[] = casesOf('replies', {
  'binary keys and payloads pass both ways': async (context) => {
    const driver = await context.driver();
    const key = Buffer.concat([Buffer.from(context.key('bytes')), everyByte]);
    await driver.send(keyed('SET', key, everyByte));
    const reply = await driver.send(inBytes(keyed('GET', key)));
    assert.ok(reply instanceof Uint8Array);
    assert.deepEqual(Uint8Array.from(reply), everyByte);
    assert.equal(await driver.send(keyed('STRLEN', key)), 256);
  },
  'bytes are asked for per command, inside arrays too, and integers stay integers': async (context) => {
    const driver = await context.driver();
    const key = context.key('hash');
    await driver.send(keyed('HSET', key, 'field', everyByte));
    const [text, bytes, count] = await driver.batch([
      keyed('HKEYS', key),
      inBytes(keyed('HGETALL', key)),
      inBytes(keyed('HLEN', key)),
    ]);
    assert.deepEqual(text, { ok: true, value: ['field'] });
    assert.ok(bytes.ok && Array.isArray(bytes.value));
    assert.deepEqual(
      bytes.value.map((item) => [...(item as Uint8Array)]),
      [[...Buffer.from('field')], [...everyByte]],
    );
    assert.deepEqual(count, { ok: true, value: 1 });
  },
  'ten megabytes pass both ways': async (context) => {
    const driver = await context.driver();
    const key = context.key('large');
    const payload = Buffer.alloc(10 * 1024 * 1024, everyByte);
    await driver.send(keyed('SET', key, payload));
    const reply = await driver.send(inBytes(keyed('GET', key)));
    assert.ok(reply instanceof Uint8Array && Buffer.compare(reply, payload) === 0);
  },
  'text passes as UTF-8, the empty string included': async (context) => {
    const driver = await context.driver();
    const key = context.key('text');
    for (const text of ['', 'ä', '漢字', '👩‍👩‍👧', 'a\r\nb\0c']) {
      await driver.send(keyed('SET', key, text));
      assert.equal(await driver.send(keyed('GET', key)), text);
    }
  },
  'a lone surrogate, which UTF-8 cannot carry, arrives as U+FFFD': async (context) => {
    const driver = await context.driver();
    await driver.send(keyed('SET', context.key('text'), 'a\ud800b'));
    assert.equal(await driver.send(keyed('GET', context.key('text'))), 'a\ufffdb');
  },
  'the largest safe integer, 2^53 - 1, is exact': async (context) => {
    const driver = await context.driver();
    await driver.send(keyed('SET', context.key('counter'), '9007199254740990'));
    assert.equal(await driver.send(keyed('INCR', context.key('counter'))), 9007199254740991);
  },
  'integers are exact close to 2^53, and beyond that as text': async (context) => {
    const driver = await context.driver();
    const key = context.key('counter');
    await driver.send(keyed('SET', key, '9007199254740900'));
    assert.equal(await driver.send(keyed('INCR', key)), 9007199254740901);
    await driver.send(keyed('INCRBY', key, 90));
    await driver.send(keyed('INCRBY', key, 2));
    assert.equal(await driver.send(keyed('GET', key)), '9007199254740993');
    assert.equal(await driver.send({ ...keyed('GET', key), read: bigintReply('GET') }), 9007199254740993n);
    const next = { ...keyed('INCRBY', key, 0), read: integerReply('INCRBY') };
    await rejectsWith(driver.send(next), {
      kind: 'reply-shape',
      says: /^INCRBY answered .* where an integer/,
    });
    const hash = context.key('hash');
    await driver.send(keyed('HINCRBY', hash, 'count', '9223372036854775807'));
    assert.equal(await driver.send(keyed('HGET', hash, 'count')), '9223372036854775807');
  },
  'what is not there is null': async (context) => {
    const driver = await context.driver();
    const key = context.key('absent');
    assert.equal(await driver.send(keyed('GET', key)), null);
    assert.deepEqual(await driver.send(keyed('HMGET', key, 'a', 'b')), [null, null]);
    assert.equal(await driver.send(keyed('LPOP', key, 2)), null);
    assert.equal(await driver.send({ ...keyless('XREAD', 'STREAMS', key, '0'), key }), null);
    assert.deepEqual(await driver.send(keyed('LRANGE', key, 0, -1)), []);
  },
  'maps, scores and pairs have the shape of RESP2: flat, and text': async (context) => {
    const driver = await context.driver();
    const [hash, set, log] = [context.key('hash'), context.key('scores'), context.key('log')];
    await driver.send(keyed('HSET', hash, 'a', 1));
    await driver.send(keyed('ZADD', set, 1.5, 'x', 'inf', 'y'));
    await driver.send(keyed('XADD', log, '5-1', 'f', 'v'));
    const flat: readonly (readonly [Command<Reply>, Reply])[] = [
      [keyed('HGETALL', hash), ['a', '1']],
      [keyed('ZSCORE', set, 'x'), '1.5'],
      [keyed('ZMSCORE', set, 'y', 'z'), ['inf', null]],
      [keyed('ZRANGE', set, 0, -1, 'WITHSCORES'), ['x', '1.5', 'y', 'inf']],
      [keyed('ZRANGEBYSCORE', set, '-inf', 9, 'WITHSCORES'), ['x', '1.5']],
      [keyed('HRANDFIELD', hash, 1, 'WITHVALUES'), ['a', '1']],
      [keyed('ZPOPMIN', set, 1), ['x', '1.5']],
      [keyed('ZADD', set, 'INCR', 1, 'x'), '1'],
      [keyed('XRANGE', log, '-', '+'), [['5-1', ['f', 'v']]]],
      [keyed('TYPE', log), 'stream'],
      [keyed('SISMEMBER', context.key('none'), 'x'), 0],
    ];
    for (const [command, expected] of flat) {
      assert.deepEqual(await driver.send(command), expected, command.args.join(' '));
    }
  },
  'what a script returns arrives as it is, nested arrays included': async (context) => {
    const driver = await context.driver();
    const key = context.key('script');
    const lua = `return {1, 'two', {3.7, false, {'four'}}, redis.status_reply('FINE'), {}}`;
    assert.deepEqual(await driver.send(evaluate(key, lua)), [1, 'two', [3, null, ['four']], 'FINE', []]);
  },
  'an error inside an array is a value, its code the first word': async (context) => {
    const driver = await context.driver();
    const reply = await driver.send(
      evaluate(context.key('script'), `return {1, redis.error_reply('MINE as given')}`),
    );
    assert.ok(Array.isArray(reply));
    assert.equal(reply[0], 1);
    assert.ok(isServerError(reply[1], 'MINE'), String(reply[1]));
  },
  'an error of the server rejects, its code the first word': async (context) => {
    const driver = await context.driver();
    const key = context.key('text');
    await driver.send(keyed('SET', key, 'words'));
    await rejectsWith(driver.send(keyed('LPUSH', key, 1)), { kind: 'server', code: 'WRONGTYPE' });
    await rejectsWith(driver.send(keyed('INCR', key)), { kind: 'server', code: 'ERR' });
    await rejectsWith(driver.send(keyed('XGROUP', 'CREATE', context.key('log'), 'g', '$')), {
      kind: 'server',
      code: 'ERR',
    });
    const raise = evaluate(key, `return redis.error_reply('MINE as given')`);
    await rejectsWith(driver.send(raise), { kind: 'server', code: 'MINE' });
    await rejectsWith(driver.send(keyed('NOSUCHCOMMAND', key)), { kind: 'server', code: 'ERR' });
  },
  'a shape that the reader does not know rejects and names the command': async (context) => {
    const driver = await context.driver();
    const key = context.key('text');
    await driver.send(keyed('SET', key, 'words'));
    const misread = { ...keyed('GET', key), read: integerReply('GET') };
    const error = await rejectsWith(driver.send(misread), { kind: 'reply-shape', code: 'REPLY_SHAPE' });
    assert.match(error.message, /^GET answered a string where an integer/);
    assert.doesNotMatch(error.message, /words/);
    const absent = { ...keyed('GET', context.key('absent')), read: stringReply('GET') };
    await rejectsWith(driver.send(absent), { kind: 'reply-shape' });
    assert.equal(await driver.send(keyed('GET', key)), 'words');
  },
});
