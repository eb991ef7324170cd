import assert from 'node:assert/strict';
import { type Arg, defineScript, durationMs, rawReply } from '@penknife/core';
import { type ContractCase, casesOf } from './contract-case.js';
import { isError, keyed, keyless, rejectsWith, unchecked } from './raw-commands.js';

const refused: Readonly<Record<string, unknown>> = {
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

function refusalCases(): ContractCase[] {
  return Object.entries(refused).map(([name, value]) => ({
    name: `arguments: ${name} is refused before anything is sent`,
    async run(context) {
      const driver = await context.driver();
      const key = context.key('value');
      const error = await rejectsWith(driver.send(unchecked('SET', key, value)), {
        kind: 'invalid-argument',
      });
      // The place, the rule and the value.
      assert.match(error.message, /argument 2 of SET must be .+; given: ./s);
      const intact = keyed('SET', key, 'sent');
      await rejectsWith(driver.batch([intact, unchecked('SET', key, value)]), { kind: 'invalid-argument' });
      await rejectsWith(driver.transaction([intact, unchecked('SET', key, value)]), {
        kind: 'invalid-argument',
      });
      const lane = await context.lane(driver, key);
      await rejectsWith(lane.send(unchecked('SET', key, value)), { kind: 'invalid-argument' });
      assert.equal(await driver.send(keyed('EXISTS', key)), 0);
    },
  }));
}

/** What may be passed to a server, and what is refused before it gets that far. */
export const argumentCases: readonly ContractCase[] = [
  ...refusalCases(),
  ...casesOf('arguments', {
    'a bad command name is refused': async (context) => {
      const driver = await context.driver();
      for (const [name, args] of Object.entries(badNames)) {
        const call = driver.send(unchecked(...args));
        await rejectsWith(call, { kind: 'invalid-argument' }).catch((error: unknown) => {
          throw new Error(name, { cause: error });
        });
      }
    },
    'an empty routing key is refused': async (context) => {
      const driver = await context.driver();
      await rejectsWith(driver.send({ ...keyless('PING'), key: '' }), { kind: 'invalid-argument' });
    },
    'an empty key of a script is refused': async (context) => {
      const driver = await context.driver();
      await rejectsWith(driver.send(twoKeys([context.key('one'), ''], [])), { kind: 'invalid-argument' });
      assert.equal(await driver.send(keyed('EXISTS', context.key('one'))), 0);
    },
    'a key that is no string and no bytes is refused, in a script, for a lane, and to route by': async (
      context,
    ) => {
      const driver = await context.driver();
      for (const key of [undefined, null, 5, {}] as never[]) {
        await rejectsWith(driver.send(twoKeys([key, context.key('two')], [])), { kind: 'invalid-argument' });
        if (key === undefined) continue;
        await rejectsWith(driver.openLane({ key }), { kind: 'invalid-argument' });
        await rejectsWith(driver.send({ ...keyless('PING'), key }), { kind: 'invalid-argument' });
      }
      await rejectsWith(driver.openLane({ key: '' }), { kind: 'invalid-argument' });
    },
    'what is no command at all is refused': async (context) => {
      const driver = await context.driver();
      for (const command of [undefined, null, 'PING', {}] as never[]) {
        await rejectsWith(driver.send(command), { kind: 'invalid-argument' });
      }
    },
    'a deadline that is not a finite number above 0 is refused': async (context) => {
      const driver = await context.driver();
      const key = context.key('value');
      for (const deadlineMs of badDeadlines) {
        const options = { deadlineMs };
        const command = keyed('SET', key, 1);
        await rejectsWith(driver.send(command, options), { kind: 'invalid-argument' });
        await rejectsWith(driver.batch([command], options), { kind: 'invalid-argument' });
        await rejectsWith(driver.transaction([command], options), { kind: 'invalid-argument' });
      }
      assert.equal(await driver.send(keyed('EXISTS', key)), 0);
    },
    'a negative duration is refused where one is an option; in a raw command the server refuses it': async (
      context,
    ) => {
      // Drivers do not interpret commands: what patterns and users call a TTL passes through `durationMs` or reaches the server.
      for (const ttl of [-1, '-5s', Number.NaN] as never[]) {
        assert.throws(
          () => durationMs(ttl, 'ttl'),
          (error) => isError(error, { kind: 'invalid-argument' }).message.includes('ttl'),
        );
      }
      const driver = await context.driver();
      const key = context.key('value');
      await rejectsWith(driver.send(keyed('SET', key, 'x', 'PX', -5)), { kind: 'server', code: 'ERR' });
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
      await rejectsWith(driver.transaction([]), { kind: 'invalid-argument' });
    },
  }),
  ...casesOf(
    'arguments',
    {
      'keys of different slots in one script are refused': async (context) => {
        const driver = await context.driver();
        const keys = [context.key('one', 'left'), context.key('two', 'right')] as const;
        await rejectsWith(driver.send(twoKeys(keys, [])), { kind: 'unsupported' });
        assert.equal(await driver.send(keyed('EXISTS', keys[0])), 0);
      },
      'keys of different slots in one transaction are refused': async (context) => {
        const driver = await context.driver();
        const commands = ['left', 'right'].map((tag) => keyed('SET', context.key('value', tag), 1));
        await rejectsWith(driver.transaction(commands), { kind: 'unsupported' });
        assert.equal(await driver.send(keyed('EXISTS', context.key('value', 'left'))), 0);
      },
    },
    ['cluster'],
  ),
];
