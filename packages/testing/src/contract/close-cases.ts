import assert from 'node:assert/strict';
import { failureOf } from './batch-cases.js';
import { collectingSink } from './collecting-sink.js';
import { type ContractCase, casesOf } from './contract-case.js';
import { noticed } from './gate-cases.js';
import { isError, keyed, keyless, rejectsWith, started } from './raw-commands.js';

/** The end of a driver. */
export const closeCases: readonly ContractCase[] = [
  ...casesOf('close', {
    'a closed driver refuses everything at once': async (context) => {
      const driver = await context.driver();
      const key = context.key('value');
      await driver.send(keyed('DEL', key));
      await driver.close();
      const closed = { kind: 'closed', code: 'CLOSED', sent: 'no' } as const;
      await rejectsWith(driver.send(keyed('SET', key, 1)), closed);
      await rejectsWith(driver.batch([keyed('SET', key, 1)]), closed);
      await rejectsWith(driver.transaction([keyed('SET', key, 1)]), closed);
      await rejectsWith(driver.openLane(), closed);
      await rejectsWith(driver.openFeed(collectingSink()), closed);
      await rejectsWith(driver.nodes(), closed);
      await rejectsWith(driver.traits(), closed);
      assert.equal(await context.setup.admin('EXISTS', key), 0);
    },
    'it settles every call: those on their way may have run': async (context) => {
      const driver = await context.driver();
      const key = context.key('value');
      await driver.send(keyed('DEL', key));
      await context.fault('pause')(key);
      context.atEnd(() => context.fault('resume')(key));
      const send = rejectsWith(driver.send(keyed('INCR', key)), { kind: 'closed', sent: 'maybe' });
      const exec = rejectsWith(driver.transaction([keyed('INCR', key)]), { kind: 'closed', sent: 'maybe' });
      const batch = started(driver.batch([keyed('INCR', key), keyed('INCR', key)]));
      await driver.close();
      await Promise.all([send, exec]);
      for (const outcome of await batch) isError(failureOf(outcome), { kind: 'closed', sent: 'maybe' });
    },
    'it ends lanes, blocked calls and feeds': async (context) => {
      const driver = await context.driver();
      const key = context.key('list');
      const lane = await driver.openLane({ key });
      const sink = collectingSink();
      const feed = await driver.openFeed(sink);
      await feed.subscribe('channel', context.key('news'));
      const blocked = rejectsWith(lane.send(keyed('BLPOP', key, 0)), { kind: 'closed', sent: 'maybe' });
      await driver.close();
      await blocked;
      assert.equal(lane.lost.aborted, true);
      await rejectsWith(lane.send(keyless('PING')), { kind: 'closed' });
      await rejectsWith(feed.subscribe('channel', 'more'), { kind: 'closed' });
      await context.setup.admin('PUBLISH', context.key('news'), 'late');
      assert.deepEqual(sink.messages, []);
    },
    'it may be called twice, at once, and before anything was connected': async (context) => {
      const fresh = await context.driver();
      await Promise.all([fresh.close(), fresh.close()]);
      const used = await context.driver();
      await used.send(keyless('PING'));
      await Promise.all([used.close(), used.close()]);
      await used.close();
    },
    'it leaves the client it was given alone': async (context) => {
      const { driver, clientAnswers } = await context.setup.createWithClient();
      await driver.send(keyless('PING'));
      const lane = await driver.openLane();
      await lane.send(keyless('PING'));
      await driver.close();
      assert.equal(await clientAnswers(), true);
    },
    'it leaves no connection open': async (context) => {
      const count = async (): Promise<number> =>
        String(await context.setup.admin('CLIENT', 'LIST'))
          .trim()
          .split('\n').length;
      await context.setup.admin('PING');
      const before = await count();
      const driver = await context.driver();
      await driver.send(keyless('PING'));
      const lane = await driver.openLane();
      const feed = await driver.openFeed(collectingSink());
      await feed.subscribe('channel', context.key('news'));
      await lane.send(keyless('PING'));
      await driver.traits();
      assert.ok((await count()) > before, 'the driver opened nothing');
      await driver.close();
      await context.eventually('the connections are gone', async () => (await count()) <= before);
    },
  }),
  ...casesOf(
    'close',
    {
      'it settles calls that wait for a connection: those were not sent': async (context) => {
        const driver = await context.driver();
        const key = context.key('value');
        await driver.send(keyed('DEL', key));
        await context.fault('kill')(key);
        context.atEnd(() => context.fault('restart')(key));
        await noticed(context, driver, key);
        const waiting = rejectsWith(driver.send(keyed('INCR', key)), { kind: 'closed', sent: 'no' });
        await driver.close();
        await waiting;
      },
    },
    ['single', 'sentinel'],
  ),
];
