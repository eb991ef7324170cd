import assert from 'node:assert/strict';
import type { Command, Reply } from '@penknife/core';
import { type ContractCase, casesOf } from './contract-case.js';
import { keyed, keyless, rejectsWith } from './raw-commands.js';

const refusedEverywhere: readonly Command<Reply>[] = [
  keyless('SUBSCRIBE', 'news'),
  keyless('PSUBSCRIBE', 'n*'),
  keyless('SSUBSCRIBE', 'news'),
  keyless('UNSUBSCRIBE'),
  keyless('MONITOR'),
  keyless('MULTI'),
  keyless('EXEC'),
  keyless('DISCARD'),
  keyless('SELECT', 1),
  keyless('RESET'),
  keyless('HELLO', 3),
  keyless('AUTH', 'secret'),
  keyless('QUIT'),
];

const refusedWhenShared: readonly Command<Reply>[] = [
  keyed('BLPOP', 'list', 1),
  keyed('BRPOP', 'list', 1),
  keyed('BLMOVE', 'list', 'list', 'LEFT', 'RIGHT', 1),
  keyless('BLMPOP', 1, 1, 'list', 'LEFT'),
  keyed('BZPOPMIN', 'set', 1),
  keyed('BZPOPMAX', 'set', 1),
  keyless('BZMPOP', 1, 1, 'set', 'MIN'),
  keyless('XREAD', 'BLOCK', 10, 'STREAMS', 'log', '0'),
  keyless('XREAD', 'COUNT', 1, 'block', 10, 'STREAMS', 'log', '0'),
  keyless('XREAD', Buffer.from('Block'), 10, 'STREAMS', 'log', '0'),
  keyless('XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', 10, 'STREAMS', 'log', '>'),
  keyless('WAIT', 1, 10),
  keyless('WAITAOF', 1, 1, 10),
  keyed('WATCH', 'key'),
  keyless('UNWATCH'),
  keyless('CLIENT', 'REPLY', 'OFF'),
  keyless('CLIENT', 'TRACKING', 'ON'),
];

/** Commands that would change a connection under everybody else, or block it. */
export const refusalCases: readonly ContractCase[] = casesOf('refusals', {
  'what changes or blocks a connection is refused on the shared one': async (context) => {
    const driver = await context.driver();
    for (const command of [...refusedEverywhere, ...refusedWhenShared]) {
      const error = await rejectsWith(driver.send(command), { kind: 'unsupported' });
      assert.ok(error.message.startsWith(command.args[0]), error.message);
      await rejectsWith(driver.batch([command]), { kind: 'unsupported' });
    }
    assert.equal(await driver.send(keyless('PING')), 'PONG');
  },
  'what would take a lane away from its owner is refused on lanes': async (context) => {
    const lane = await context.lane(await context.driver());
    for (const command of refusedEverywhere) await rejectsWith(lane.send(command), { kind: 'unsupported' });
    assert.equal(await lane.send(keyless('PING')), 'PONG');
    assert.equal(lane.lost.aborted, false);
  },
  'reading a stream without BLOCK is not blocking, whatever the stream is called': async (context) => {
    const driver = await context.driver();
    const key = context.key('BLOCK');
    await driver.send(keyed('XADD', key, '1-1', 'field', 'value'));
    const read = { ...keyless('XREAD', 'COUNT', 5, 'STREAMS', key, '0'), key };
    assert.deepEqual(await driver.send(read), [[key, [['1-1', ['field', 'value']]]]]);
  },
});
