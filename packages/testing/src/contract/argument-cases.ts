import assert from 'node:assert/strict';
import { type Arg, type Command, defineScript, durationMs, type Reply, rawReply } from '@penknife/core';
import { type ContractCase, casesOf } from './contract-case.js';
import { type ExpectedError, isError, keyed, keyless, rejectsWith, unchecked } from './raw-commands.js';

const wrongArguments: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  'an object': { toString: () => 'x' },
  'a boolean': true,
  'a nested array': ['a', 'b'],
  'a bigint': 1n,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  'the number 1e21': 1e21,
  'the number 1e-7': 1e-7,
  'the number 2^53 + 2': 2 ** 53 + 2,
};

const badNames: Readonly<Record<string, readonly unknown[]>> = {
  'an empty command': [],
  'a name in lower case': ['set', 'k', 'v'],
  'a name with a space': ['CONFIG GET', 'x'],
  'a name that is no string': [Buffer.from('PING')],
};

const badDeadlines: readonly number[] = [0, -1, Number.NaN, Number.POSITIVE_INFINITY];

const twoKeys = defineScript({
  name: 'contract/two-keys',
  lua: `redis.call('SET', KEYS[1], 1) return redis.call('SET', KEYS[2], 1)`,
  keys: 2,
  args: 0,
  read: rawReply,
});

const accepted: readonly (readonly [Arg, string])[] = [
  [0, '0'],
  [-0, '0'],
  [-17, '-17'],
  [2 ** 53 - 1, '9007199254740991'],
  [0.1, '0.1'],
  [-1234.5678, '-1234.5678'],
  ['', ''],
  [new Uint8Array([104, 105]), 'hi'],
  [new Uint8Array([0, 104, 105, 0]).subarray(1, 3), 'hi'],
];

const refused = (says: RegExp): ExpectedError => ({ kind: 'invalid-argument', says });

function refusalCases(): ContractCase[] {
  return Object.entries(wrongArguments).map(([name, value]) => ({
    name: `arguments: ${name} is refused before anything is sent`,
    async run(context) {
      const driver = await context.driver();
      const key = context.key('value');
      const wrong = unchecked('SET', key, value);
      const intact = keyed('SET', key, 'sent');
      const refusal = refused(/argument 2 of SET must be .+; given: ./s);
      await rejectsWith(driver.send(wrong), refusal);
      await rejectsWith(driver.batch([intact, wrong]), refusal);
      await rejectsWith(driver.transaction([intact, wrong]), refusal);
      const lane = await context.lane(driver, key);
      await rejectsWith(lane.send(wrong), refusal);
      assert.equal(await driver.send(keyed('EXISTS', key)), 0);
    },
  }));
}

/** Commands that would store something for no time at all, and what their errors quote. */
const withoutTime = (key: string): readonly (readonly [Command<Reply>, string])[] => [
  [keyed('SET', key, 'x', 'PX', -5), '-5'],
  [keyed('SET', key, 'x', 'NX', 'EX', '0'), '"0"'],
  [keyed('GETEX', key, 'PX', -1), '-1'],
  [keyed('SETEX', key, 0, 'x'), '0'],
  [keyed('PSETEX', key, -7, 'x'), '-7'],
];

/** What may be passed to a server, and what is refused before it gets that far. */
export const argumentCases: readonly ContractCase[] = [
  ...refusalCases(),
  ...casesOf('arguments', {
    'a bad command name is refused': async (context) => {
      const driver = await context.driver();
      for (const [name, args] of Object.entries(badNames)) {
        const call = driver.send(unchecked(...args));
        const refusal = refused(/^command must start with a name in upper case; given: ./);
        await rejectsWith(call, refusal).catch((error: unknown) => {
          throw new Error(name, { cause: error });
        });
      }
    },
    'an empty routing key is refused': async (context) => {
      const driver = await context.driver();
      await rejectsWith(
        driver.send({ ...keyless('PING'), key: '' }),
        refused(/^key of PING must be .*not empty; given: ""$/),
      );
    },
    'an empty key of a script is refused': async (context) => {
      const driver = await context.driver();
      await rejectsWith(
        driver.send(twoKeys([context.key('one'), ''], [])),
        refused(/^key 2 of script contract\/two-keys must be .*not empty; given: ""$/),
      );
      assert.equal(await driver.send(keyed('EXISTS', context.key('one'))), 0);
    },
    'a key that is no string and no bytes is refused, in a script, for a lane, and to route by': async (
      context,
    ) => {
      const driver = await context.driver();
      const refusal = refused(
        /^key.* must be a string or bytes, and not empty; given: (?:undefined|null|5|an object|"")/,
      );
      for (const key of [undefined, null, 5, {}] as never[]) {
        await rejectsWith(driver.send(twoKeys([key, context.key('two')], [])), refusal);
        if (key === undefined) continue;
        await rejectsWith(driver.openLane({ key }), refusal);
        await rejectsWith(driver.send({ ...keyless('PING'), key }), refusal);
      }
      await rejectsWith(driver.openLane({ key: '' }), refusal);
    },
    'what is no command at all is refused': async (context) => {
      const driver = await context.driver();
      for (const command of [undefined, null, 'PING', {}] as never[]) {
        await rejectsWith(
          driver.send(command),
          refused(/^(?:command|args) must be an (?:object|array); given: ./),
        );
      }
      for (const commands of [undefined, null, 5, {}] as never[]) {
        const refusal = refused(/^commands must be an array; given: ./);
        await rejectsWith(driver.batch(commands), refusal);
        await rejectsWith(driver.transaction(commands), refusal);
      }
      const key = context.key('value');
      const unread = { ...keyed('SET', key, 1), read: undefined as never };
      await rejectsWith(driver.send(unread), refused(/^read must be a function; given: undefined$/));
      await rejectsWith(
        driver.send(keyed('SET', key, 1), null as never),
        refused(/^options must be an object; given: null$/),
      );
      assert.equal(await driver.send(keyed('EXISTS', key)), 0);
    },
    'a deadline that is not a finite number above 0 is refused': async (context) => {
      const driver = await context.driver();
      const key = context.key('value');
      for (const deadlineMs of badDeadlines) {
        const options = { deadlineMs };
        const command = keyed('SET', key, 1);
        const refusal = refused(
          new RegExp(`^deadlineMs must be a finite number above 0; given: ${deadlineMs}$`),
        );
        await rejectsWith(driver.send(command, options), refusal);
        await rejectsWith(driver.batch([command], options), refusal);
        await rejectsWith(driver.transaction([command], options), refusal);
      }
      assert.equal(await driver.send(keyed('EXISTS', key)), 0);
    },
    'a negative duration is refused, as an option and in a command': async (context) => {
      for (const ttl of [-1, '-5s', Number.NaN] as never[]) {
        assert.throws(
          () => durationMs(ttl, 'ttl'),
          (error) => isError(error, refused(/^ttl must .*; given: (?:-1|"-5s"|NaN)$/)) !== undefined,
        );
      }
      const driver = await context.driver();
      const key = context.key('value');
      for (const [command, given] of withoutTime(key)) {
        const says = new RegExp(`^the TTL of ${command.args[0]}.* must be above 0; given: ${given}$`);
        await rejectsWith(driver.send(command), refused(says));
      }
      const lower = /^the TTL of SET .px. must be above 0; given: -5$/;
      await rejectsWith(driver.send(keyed('SET', key, 'v', 'px', -5)), refused(lower));
      await driver.send(keyed('SET', key, 'PX', 'PX', 60_000));
      await driver.send(keyed('SET', key, 'EX', 'KEEPTTL'));
      // Redis' own way to say "at once".
      assert.equal(await driver.send(keyed('PEXPIRE', key, -1)), 1);
      assert.equal(await driver.send(keyed('EXISTS', key)), 0);
    },
    'numbers and bytes arrive as what they print': async (context) => {
      const driver = await context.driver();
      const key = context.key('value');
      for (const [given, stored] of accepted) {
        await driver.send(keyed('SET', key, given));
        assert.equal(await driver.send(keyed('GET', key)), stored);
      }
    },
    'a transaction without commands is refused': async (context) => {
      const driver = await context.driver();
      await rejectsWith(
        driver.transaction([]),
        refused(/must hold at least one command; given: an array of 0$/),
      );
    },
  }),
  ...casesOf(
    'arguments',
    {
      'keys of different slots in one script are refused': async (context) => {
        const driver = await context.driver();
        const keys = [context.key('one', 'left'), context.key('two', 'right')] as const;
        const says = /^the keys of script contract\/two-keys lie in different cluster slots \(\d+ and \d+\)/;
        await rejectsWith(driver.send(twoKeys(keys, [])), { kind: 'unsupported', says });
        assert.equal(await driver.send(keyed('EXISTS', keys[0])), 0);
      },
      'keys of different slots in one transaction are refused': async (context) => {
        const driver = await context.driver();
        const commands = ['left', 'right'].map((tag) => keyed('SET', context.key('value', tag), 1));
        const says = /^the keys of a transaction lie in different cluster slots \(\d+ and \d+\)/;
        await rejectsWith(driver.transaction(commands), { kind: 'unsupported', says });
        assert.equal(await driver.send(keyed('EXISTS', context.key('value', 'left'))), 0);
      },
    },
    ['cluster'],
  ),
];
