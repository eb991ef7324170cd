import assert from 'node:assert/strict';
import type { Driver } from '@penknife/core';
import { type CollectingSink, collectingSink } from './collecting-sink.js';
import { type ContractCase, casesOf } from './contract-case.js';
import type { ContractContext } from './contract-context.js';
import { keyed, keyless, rejectsWith } from './raw-commands.js';
import { reportedErrors } from './reported-errors.js';
import { limited } from './traits-cases.js';

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
export const trackingCases: readonly ContractCase[] = [
  ...casesOf(
    'tracking',
    {
      'on a cluster it is refused, since it would follow one node of several': async (context) => {
        const driver = await context.driver();
        await rejectsWith(driver.openFeed(collectingSink(), { tracking: [] }), { kind: 'unsupported' });
      },
    },
    ['cluster'],
  ),
  ...casesOf('tracking', onOneServer(), ['single', 'sentinel']),
];

function onOneServer(): Parameters<typeof casesOf>[1] {
  return {
    'prefixes that are none, and one that begins another, are refused by name': async (context) => {
      const driver = await context.driver();
      const open = (tracking: unknown): Promise<unknown> =>
        driver.openFeed(collectingSink(), { tracking: tracking as readonly string[] });
      for (const none of ['user:', [undefined], [1]])
        await rejectsWith(open(none), { kind: 'invalid-argument', says: /tracking must be an array of key/ });
      for (const prefixes of [
        ['user:', 'user:1'],
        ['', 'a'],
        ['a', 'a'],
      ])
        await rejectsWith(open(prefixes), {
          kind: 'invalid-argument',
          says: /must not hold a prefix that begins another/,
        });
    },
    'what the server refuses is reported, once, and tracking starts when it is allowed': async (context) => {
      const reported = reportedErrors(context);
      const driver = await limited(context, '+@all', '-client|tracking');
      const sink = collectingSink();
      const feed = await driver.openFeed(sink, { tracking: [] });
      context.atEnd(() => feed.close());
      await context.eventually('the refusal is reported', () => reported.length > 0);
      assert.equal((reported[0] as { code: string }).code, 'NOPERM');
      await context.setup.admin('ACL', 'SETUSER', 'limited', '+client|tracking');
      await context.eventually('tracking is on', () => sink.invalidations.includes(null));
      assert.equal(reported.length, 1);
    },
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
    'however often only its subscriber is cut, one change is told once and no connection is left': async (
      context,
    ) => {
      const driver = await context.driver();
      const key = context.key('value');
      const sink = collectingSink();
      const feed = await driver.openFeed(sink, { tracking: [key] });
      await context.eventually('tracking is on', () => sink.invalidations.includes(null));
      await driver.send(keyed('GET', key));
      const before = await connections(context);
      for (let cut = 0; cut < 3; cut++) {
        sink.invalidations.length = 0;
        await context.setup.admin('CLIENT', 'KILL', 'TYPE', 'pubsub');
        await context.eventually('tracking is set up again', () => sink.invalidations.includes(null));
      }
      sink.invalidations.length = 0;
      await driver.send(keyed('SET', key, 1));
      await context.eventually('the change is told', () => sink.invalidations.length > 0);
      await driver.send(keyed('GET', key));
      assert.deepEqual(sink.invalidations, [[key]]);
      await feed.close();
      await context.eventually(
        'its two connections are gone',
        async () => (await connections(context)) <= before - 2,
      );
    },
  };
}

/** How many clients the server knows. */
async function connections(context: ContractContext): Promise<number> {
  return String(await context.setup.admin('CLIENT', 'LIST'))
    .trim()
    .split('\n').length;
}
