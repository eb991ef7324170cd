import assert from 'node:assert/strict';
import { arrayReply, defineScript, integerReply, nullableBytesReply, stringReply } from '@penknife/core';
import { failureOf } from './batch-cases.js';
import { type ContractCase, casesOf } from './contract-case.js';
import type { ContractSetup } from './contract-setup.js';
import { isError, keyed, rejectsWith } from './raw-commands.js';

const increment = defineScript({
  name: 'contract/increment',
  lua: `return redis.call('INCRBY', KEYS[1], ARGV[1])`,
  keys: 1,
  args: 1,
  read: integerReply('contract/increment'),
});

const store = defineScript({
  name: 'contract/store',
  lua: `redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])`,
  keys: 1,
  args: 1,
  bytes: true,
  read: nullableBytesReply('contract/store'),
});

const describeAll = defineScript({
  name: 'contract/describe',
  lua: `local all = {}
        for i, key in ipairs(KEYS) do all[#all + 1] = key .. '=' .. ARGV[i] end
        return all`,
  keys: 'any',
  args: 'any',
  read: arrayReply('contract/describe', stringReply('contract/describe')),
});

const fail = defineScript({
  name: 'contract/fail',
  lua: `return redis.error_reply('STOCK sold out')`,
  keys: 1,
  args: 0,
  read: integerReply('contract/fail'),
});

/** How often the servers ran a command since their statistics were reset. */
async function callsOf(setup: ContractSetup, command: string): Promise<number> {
  const text = String(await setup.admin('INFO', 'commandstats'));
  return Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

/** Scripts as commands: EVALSHA, and EVAL once where the server does not know the script. */
export const scriptCases: readonly ContractCase[] = [
  ...casesOf('script', {
    'a call after SCRIPT FLUSH runs, once': async (context) => {
      const driver = await context.driver();
      const key = context.key('counter');
      for (let round = 1; round <= 3; round++) {
        assert.equal(await driver.send(increment([key], [1])), round);
        assert.deepEqual(await context.setup.admin('SCRIPT', 'FLUSH'), 'OK');
      }
    },
    'many calls at once after SCRIPT FLUSH all run, once each': async (context) => {
      const driver = await context.driver();
      const key = context.key('counter');
      await context.setup.admin('SCRIPT', 'FLUSH');
      const values = await Promise.all(Array.from({ length: 50 }, () => driver.send(increment([key], [1]))));
      assert.deepEqual(
        values.sort((a, b) => a - b),
        Array.from({ length: 50 }, (_, i) => i + 1),
      );
    },
    'in a batch after SCRIPT FLUSH each call runs, once': async (context) => {
      const driver = await context.driver();
      const key = context.key('counter');
      await context.setup.admin('SCRIPT', 'FLUSH');
      const [one, pushed, ten] = await driver.batch([
        increment([key], [1]),
        keyed('RPUSH', context.key('list'), 'x'),
        increment([key], [10]),
      ]);
      assert.ok(one.ok && pushed.ok && ten.ok);
      assert.equal(await driver.send(keyed('GET', key)), '11');
      assert.equal(await driver.send(keyed('LLEN', context.key('list'))), 1);
    },
    'on a lane a forgotten script runs too': async (context) => {
      const driver = await context.driver();
      const key = context.key('counter');
      const lane = await context.lane(driver, key);
      await context.setup.admin('SCRIPT', 'FLUSH');
      assert.equal(await lane.send(increment([key], [7])), 7);
    },
    'arguments and replies may be any bytes': async (context) => {
      const driver = await context.driver();
      const payload = Uint8Array.from({ length: 256 }, (_, i) => 255 - i);
      await context.setup.admin('SCRIPT', 'FLUSH');
      for (let round = 0; round < 2; round++) {
        const reply = await driver.send(store([context.key('bytes')], [payload]));
        assert.deepEqual(reply && [...reply], [...payload]);
      }
    },
    'the number of keys and arguments may vary': async (context) => {
      const driver = await context.driver();
      const keys = ['a', 'b', 'c'].map((name) => context.key(name));
      const all = await driver.send(describeAll(keys, [1, 'two', 2 ** 53 - 1]));
      assert.deepEqual(all, [`${keys[0]}=1`, `${keys[1]}=two`, `${keys[2]}=9007199254740991`]);
    },
    'the error that a script gives rejects with its code': async (context) => {
      const driver = await context.driver();
      for (let round = 0; round < 2; round++) {
        await rejectsWith(driver.send(fail([context.key('x')], [])), { kind: 'server', code: 'STOCK' });
      }
      const [outcome] = await driver.batch([fail([context.key('x')], [])]);
      isError(failureOf(outcome), { kind: 'server', code: 'STOCK' });
    },
  }),
  ...casesOf(
    'script',
    {
      'the text travels once, afterwards the sha1 does': async (context) => {
        const driver = await context.driver();
        const key = context.key('counter');
        await context.setup.admin('SCRIPT', 'FLUSH');
        await context.setup.admin('CONFIG', 'RESETSTAT');
        for (let i = 0; i < 5; i++) await driver.send(increment([key], [1]));
        assert.equal(await callsOf(context.setup, 'eval'), 1);
        assert.equal(await driver.send(keyed('GET', key)), '5');
      },
    },
    ['single', 'sentinel'],
  ),
];
