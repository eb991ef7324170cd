import assert from 'node:assert/strict';
import type { Driver } from '@penknife/core';
import { type CollectingSink, collectingSink } from './collecting-sink.js';
import { type ContractCase, casesOf } from './contract-case.js';
import type { ContractContext } from './contract-context.js';
import { keyed, keyless } from './raw-commands.js';

async function tracking(
  context: ContractContext,
  driver: Driver,
  prefixes: readonly string[],
): Promise<CollectingSink> {
  const sink = collectingSink();
  const feed = await driver.openFeed(sink, { tracking: prefixes });
  context.atEnd(() => feed.close());
  await context.eventually('tracking is on', () => sink.invalidations.includes(null));
  sink.invalidations.length = 0;
  return sink;
}

/** CLIENT TRACKING through a feed: which keys changed. */
export const trackingCases: readonly ContractCase[] = casesOf(
  'tracking',
  {
    'a key that changed is told, one outside the prefixes is not': async (context) => {
      const driver = await context.driver();
      const [inside, outside] = [context.key('inside'), context.key('outside')];
      const sink = await tracking(context, driver, [inside]);
      await driver.send(keyed('SET', outside, 1));
      await driver.send(keyed('SET', inside, 1));
      await driver.send(keyed('DEL', inside));
      await context.eventually('both changes are told', () => sink.invalidations.flat().length >= 2);
      assert.deepEqual(sink.invalidations.flat(), [inside, inside]);
    },
    'a flush invalidates everything': async (context) => {
      const driver = await context.driver();
      const sink = await tracking(context, driver, []);
      await context.setup.admin('FLUSHALL');
      await context.eventually('it is told', () => sink.invalidations.includes(null));
    },
    'after a cut everything counts as changed, and changes are told again': async (context) => {
      const driver = await context.driver();
      const key = context.key('value');
      const sink = await tracking(context, driver, []);
      await context.fault('cutConnections')();
      await context.eventually('all is invalidated', () => sink.invalidations.includes(null));
      await context.passing(driver.send({ ...keyless('PING'), repeatable: true }));
      await driver.send(keyed('SET', key, 1));
      await context.eventually('the change is told', () => sink.invalidations.flat().includes(key));
    },
  },
  ['single', 'sentinel'],
);
