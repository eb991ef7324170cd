import assert from 'node:assert/strict';
import { defineScript, rawReply } from '@penknife/core';
import { type ContractCase, casesOf } from './contract-case.js';
import { settledAll } from './gate-cases.js';
import { endsUnanswered, keyed, keyless, rejectsWith, started } from './raw-commands.js';

const both = defineScript({
  name: 'contract/both',
  lua: `return {redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2])}`,
  keys: 2,
  args: 0,
  read: rawReply,
});

/** What only a cluster can do to a command. */
export const clusterCases: readonly ContractCase[] = casesOf(
  'cluster',
  {
    'every key finds its primary, whatever the command': async (context) => {
      const driver = await context.driver();
      for (let i = 0; i < 30; i++) {
        const key = context.key('value', `tag${i}`);
        assert.equal(await driver.send(keyed('SET', key, i)), 'OK');
        const read = { ...keyless('EVAL', `return redis.call('GET', KEYS[1])`, 1, key), key };
        assert.equal(await driver.send(read), String(i));
        assert.deepEqual(await driver.transaction([keyed('GET', key)]), [{ ok: true, value: String(i) }]);
      }
    },
    'a command without a key goes to the primary that its routing key names': async (context) => {
      const driver = await context.driver();
      const lanes = await driver.nodes();
      context.atEnd(() => Promise.all(lanes.map((lane) => lane.close())));
      const ids = await Promise.all(lanes.map((lane) => lane.send(keyless('CLUSTER', 'MYID'))));
      assert.equal(new Set(ids).size, ids.length);
      const seen = new Set<unknown>();
      for (let i = 0; i < 30; i++) {
        const key = context.key('value', `tag${i}`);
        const lane = await context.lane(driver, key);
        const [own, routed] = [keyless('CLUSTER', 'MYID'), { ...keyless('CLUSTER', 'MYID'), key }];
        const [expected, answered] = await Promise.all([lane.send(own), driver.send(routed)]);
        assert.equal(answered, expected);
        assert.equal(await lane.send(keyed('SET', key, i)), 'OK');
        seen.add(answered);
      }
      assert.deepEqual(seen, new Set(ids));
    },
    'keys of different slots in one command are the server’s error, not a hang': async (context) => {
      const driver = await context.driver();
      const [left, right] = [context.key('a', 'left'), context.key('a', 'right')];
      const move = keyed('RENAME', left, right);
      await rejectsWith(driver.send(move), { kind: 'server', code: 'CROSSSLOT' });
    },
    'while a slot moves, no result of a batch is lost and nothing runs twice': async (context) => {
      const driver = await context.driver();
      const keys = Array.from({ length: 40 }, (_, i) => context.key(`counter${i}`));
      await driver.batch(keys.map((key) => keyed('SET', key, 0)));
      const increments = async (): Promise<void> => {
        const results = await driver.batch(
          keys.map((key) => keyed('INCR', key)),
          { deadlineMs: 10_000 },
        );
        for (const outcome of results) assert.ok(outcome.ok, String(!outcome.ok && outcome.error));
      };
      const move = await context.fault('moveSlot')(keys[0] as string);
      await increments();
      await Promise.all([increments(), move.keys(...keys.slice(0, 20)), increments()]);
      await increments();
      await Promise.all([increments(), move.finish(), increments()]);
      await increments();
      const values = await driver.batch(keys.map((key) => keyed('GET', key)));
      assert.deepEqual(new Set(values.map((outcome) => outcome.ok && outcome.value)), new Set(['7']));
    },
    'while a slot moves, a transaction and a script find their keys': async (context) => {
      const driver = await context.driver();
      const keys = [context.key('one'), context.key('two')] as const;
      await driver.batch(keys.map((key, i) => keyed('SET', key, i)));
      const move = await context.fault('moveSlot')(keys[0]);
      await move.keys(...keys);
      assert.deepEqual(await driver.send(both(keys, []), { deadlineMs: 5000 }), ['0', '1']);
      await move.finish();
      assert.deepEqual(await driver.transaction([keyed('INCR', keys[0]), keyed('INCR', keys[1])]), [
        { ok: true, value: 1 },
        { ok: true, value: 2 },
      ]);
    },
    'TRYAGAIN: a script whose keys are half moved waits until they are together': async (context) => {
      const driver = await context.driver();
      const keys = [context.key('one'), context.key('two')] as const;
      await driver.batch(keys.map((key, i) => keyed('SET', key, i)));
      const move = await context.fault('moveSlot')(keys[0]);
      await move.keys(keys[0]);
      await context.passing(endsUnanswered(driver.send(both(keys, []), { deadlineMs: 40 })));
      const waiting = started(driver.send(both(keys, []), { deadlineMs: 10_000 }));
      await context.setup.advance(30);
      await move.keys(keys[1]);
      await context.eventually('it is answered', settledAll([waiting]), 2);
      assert.deepEqual(await waiting, ['0', '1']);
      await move.finish();
    },
    'MOVED there and back, while two primaries name each other, is waited out': async (context) => {
      const driver = await context.driver();
      const key = context.key('value');
      const move = await context.fault('moveSlot')(key);
      // Where a slot moves in one act there is no such moment.
      if (move.leave === undefined) return;
      await move.leave();
      const waiting = started(driver.send(keyed('SET', key, 'kept'), { deadlineMs: 10_000 }));
      await context.setup.advance(50);
      const settled = settledAll([waiting]);
      assert.equal(settled(), false);
      await move.finish();
      await context.eventually('it is answered', settled, 2);
      assert.equal(await waiting, 'OK');
    },
    'CLUSTERDOWN: calls wait until the slot is served again': async (context) => {
      const driver = await context.driver();
      const key = context.key('value');
      await driver.send(keyed('SET', key, 'kept'));
      const restore = await context.fault('dropSlot')(key);
      context.atEnd(restore);
      await context.passing(endsUnanswered(driver.send(keyed('GET', key), { deadlineMs: 40 })));
      const waiting = started(driver.send(keyed('GET', key), { deadlineMs: 10_000 }));
      await context.setup.advance(20);
      await restore();
      await context.eventually('it is answered', settledAll([waiting]), 2);
      assert.equal(await waiting, 'kept');
    },
  },
  ['cluster'],
);
