import assert from 'node:assert/strict';
import type { Lane } from '@penknife/core';
import { type ContractCase, casesOf } from './contract-case.js';
import { keyed, keyless, rejectsWith, started } from './raw-commands.js';

function lostOf(lane: Lane): () => boolean {
  return () => lane.lost.aborted;
}

/** Connections of their own: blocking, WATCH, and their end. */
export const laneCases: readonly ContractCase[] = casesOf('lane', {
  'its id is that of the server': async (context) => {
    const driver = await context.driver();
    // Of one node: each node of a cluster counts its own.
    const key = context.key('any');
    const [left, right] = [await context.lane(driver, key), await context.lane(driver, key)];
    assert.equal(await left.send(keyless('CLIENT', 'ID')), left.id);
    assert.equal(await right.send(keyless('CLIENT', 'ID')), right.id);
    assert.notEqual(left.id, right.id);
  },
  'a blocked read gets what comes': async (context) => {
    const driver = await context.driver();
    const key = context.key('log');
    const lane = await context.lane(driver, key);
    const read = started(lane.send({ ...keyless('XREAD', 'BLOCK', 0, 'STREAMS', key, '0'), key }));
    await driver.send(keyed('XADD', key, '7-1', 'field', 'value'));
    assert.deepEqual(await read, [[key, [['7-1', ['field', 'value']]]]]);
  },
  'a blocked read ends when its time is over, and the lane lives': async (context) => {
    const driver = await context.driver();
    const key = context.key('log');
    const lane = await context.lane(driver, key);
    const read = started(lane.send({ ...keyless('XREAD', 'BLOCK', 30, 'STREAMS', key, '0'), key }));
    await context.setup.advance(30);
    assert.equal(await read, null);
    assert.equal(lane.lost.aborted, false);
    assert.equal(await lane.send(keyless('PING')), 'PONG');
  },
  'aborting a blocked read ends it at once, and the lane with it': async (context) => {
    const driver = await context.driver();
    const key = context.key('log');
    const lane = await context.lane(driver, key);
    const controller = new AbortController();
    const read = rejectsWith(
      lane.send({ ...keyless('XREAD', 'BLOCK', 0, 'STREAMS', key, '0'), key }, { signal: controller.signal }),
      { kind: 'aborted', sent: 'maybe' },
    );
    controller.abort();
    await read;
    assert.equal(lane.lost.aborted, true);
    await rejectsWith(lane.send(keyless('PING')), { kind: 'connection', sent: 'no' });
    assert.equal(await driver.send(keyed('XLEN', key)), 0);
  },
  'a blocked read ends at its deadline, and the lane with it': async (context) => {
    const driver = await context.driver();
    const key = context.key('log');
    const lane = await context.lane(driver, key);
    const read = rejectsWith(
      lane.send({ ...keyless('XREAD', 'BLOCK', 0, 'STREAMS', key, '0'), key }, { deadlineMs: 30 }),
      { kind: 'deadline', sent: 'maybe' },
    );
    await context.setup.advance(30);
    await read;
    assert.equal(lane.lost.aborted, true);
  },
  'while a lane blocks, other traffic of the driver goes on': async (context) => {
    const driver = await context.driver();
    const key = context.key('list');
    const lane = await context.lane(driver, key);
    const other = await context.lane(driver, key);
    let ended = false;
    const blocked = started(
      lane.send(keyed('BLPOP', key, 0)).then((reply) => {
        ended = true;
        return reply;
      }),
    );
    for (let i = 0; i < 20; i++) assert.equal(await driver.send(keyless('ECHO', i)), String(i));
    assert.equal(await other.send(keyless('PING')), 'PONG');
    assert.equal(ended, false);
    await driver.send(keyed('RPUSH', key, 'freed'));
    assert.deepEqual(await blocked, [key, 'freed']);
  },
  'CLIENT UNBLOCK with its id frees a blocked call': async (context) => {
    const driver = await context.driver();
    const key = context.key('list');
    const [lane, other] = [await context.lane(driver, key), await context.lane(driver, key)];
    const blocked = started(lane.send(keyed('BLPOP', key, 0)));
    await context.eventually(
      'it was blocked',
      async () => (await other.send(keyless('CLIENT', 'UNBLOCK', lane.id))) === 1,
    );
    assert.equal(await blocked, null);
    assert.equal(await lane.send(keyless('PING')), 'PONG');
  },
  'when its connection is cut, lost fires and every later call rejects unsent': async (context) => {
    const driver = await context.driver();
    const key = context.key('value');
    const lane = await context.lane(driver, key);
    const blocked = rejectsWith(lane.send(keyed('BLPOP', context.key('list'), 0)), {
      kind: 'connection',
      sent: 'maybe',
    });
    // Written before the cut: the reply to this proves that what came before it on the wire has arrived.
    await driver.send(keyless('PING'));
    await context.fault('cutConnections')();
    await context.eventually('lost fires', lostOf(lane));
    await blocked;
    await rejectsWith(lane.send(keyed('SET', key, 1)), { kind: 'connection', sent: 'no' });
    await rejectsWith(lane.transaction([keyed('SET', key, 1)]), { kind: 'connection', sent: 'no' });
    assert.equal(await context.setup.admin('EXISTS', key), 0);
  },
  'a WATCH on a connection that was cut never lets a transaction through': async (context) => {
    const driver = await context.driver();
    const key = context.key('watched');
    const lane = await context.lane(driver, key);
    await lane.send(keyed('WATCH', key));
    await context.fault('cutConnections')();
    await context.setup.admin('SET', key, 'theirs');
    const outcome = await lane.transaction([keyed('SET', key, 'ours')]).then(
      () => 'ran',
      (error: { kind?: string }) => error.kind,
    );
    assert.equal(outcome, 'connection');
    await context.eventually('lost fires', lostOf(lane));
    assert.equal(await context.setup.admin('GET', key), 'theirs');
  },
  'closing it ends it at once, twice if need be, and harms nobody else': async (context) => {
    const driver = await context.driver();
    const [lane, other] = [await context.lane(driver), await context.lane(driver)];
    const blocked = rejectsWith(lane.send(keyed('BLPOP', context.key('list'), 0)), { kind: 'closed' }).catch(
      // On a cluster the lane may be at another primary than the key's.
      (error: unknown) => assert.match(String(error), /MOVED/),
    );
    await Promise.all([lane.close(), lane.close()]);
    await blocked;
    assert.equal(lane.lost.aborted, true);
    await rejectsWith(lane.send(keyless('PING')), { kind: 'closed', sent: 'no' });
    assert.equal(await other.send(keyless('PING')), 'PONG');
    assert.equal(await driver.send(keyless('PING')), 'PONG');
  },
  'nodes gives one to every primary': async (context) => {
    const driver = await context.driver();
    const keys = Array.from({ length: 30 }, (_, i) => context.key('value', `node${i}`));
    await driver.batch(keys.map((key) => keyed('SET', key, 1)));
    const lanes = await driver.nodes();
    context.atEnd(() => Promise.all(lanes.map((lane) => lane.close())));
    const found = (await Promise.all(
      lanes.map((lane) => lane.send(keyless('KEYS', '*:value'))),
    )) as string[][];
    const own = found.flat().filter((key) => keys.includes(key));
    assert.deepEqual(own.sort(), [...keys].sort());
  },
});
