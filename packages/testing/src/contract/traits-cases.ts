import assert from 'node:assert/strict';
import { checkServer, type Driver } from '@penknife/core';
import { type ContractCase, casesOf } from './contract-case.js';
import type { ContractContext } from './contract-context.js';
import { keyed, keyless, rejectsWith, repeatable } from './raw-commands.js';

/** A driver that is connected as a user with these rights. */
export async function limited(context: ContractContext, ...rights: readonly string[]): Promise<Driver> {
  const [username, password] = ['limited', 'secret'];
  await context.setup.admin('ACL', 'SETUSER', username, 'reset', 'on', `>${password}`, '~*', '&*', ...rights);
  context.atEnd(() => context.setup.admin('ACL', 'DELUSER', username));
  return context.driver({ credentials: { username, password } });
}

async function configured(
  context: ContractContext,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    const before = (await context.setup.admin('CONFIG', 'GET', name)) as string[];
    await context.setup.admin('CONFIG', 'SET', name, value);
    context.atEnd(() => context.setup.admin('CONFIG', 'SET', name, before[1] ?? ''));
  }
}

/** What a driver finds out about its servers. */
export const traitsCases: readonly ContractCase[] = [
  ...casesOf('traits', {
    'they say what the servers are, and whether they can do something': async (context) => {
      const driver = await context.driver();
      const traits = await driver.traits();
      assert.equal(traits.topology, context.topology);
      assert.equal(driver.topology, context.topology);
      assert.notEqual(traits.server, 'unknown');
      assert.match(traits.version, /^\d+\.\d+/);
      const [known] = (await context.setup.admin('COMMAND', 'INFO', 'SPUBLISH')) as unknown[];
      assert.equal(traits.supports('sharded-pubsub'), Array.isArray(known));
      const [unknown] = (await context.setup.admin('COMMAND', 'INFO', 'DELEX')) as unknown[];
      assert.equal(traits.supports('delex'), Array.isArray(unknown));
    },
    'they are asked for once, also by many at once': async (context) => {
      const driver = await context.driver();
      const answers = await Promise.all(Array.from({ length: 10 }, () => driver.traits()));
      assert.equal(new Set([...answers, await driver.traits()]).size, 1);
    },
    'they are forgotten when the connection was lost': async (context) => {
      const driver = await context.driver();
      const before = await driver.traits();
      await driver.send(keyless('PING'));
      await context.fault('cutConnections')();
      await context.passing(driver.send(repeatable(keyless('PING')), { deadlineMs: 10_000 }));
      await context.eventually('they are asked for anew', async () => (await driver.traits()) !== before);
      assert.equal((await driver.traits()).version, before.version);
    },
    'a user who may not ask gets an answer: the common ground': async (context) => {
      const driver = await limited(context, '+@all', '-info', '-command');
      const traits = await driver.traits();
      assert.equal(traits.supports('sharded-pubsub'), false);
      await rejectsWith(driver.send(keyless('INFO')), { kind: 'server', code: 'NOPERM' });
      assert.equal(await driver.send(keyed('GET', context.key('none'))), null);
    },
  }),
  ...casesOf('check server', {
    'what endangers the patterns is told once': async (context) => {
      const driver = await context.driver();
      await configured(context, {
        'maxmemory-policy': 'allkeys-lru',
        maxmemory: '200mb',
        appendonly: 'no',
        save: '',
      });
      const needs = { noEviction: true, persistence: true };
      const codes = (await checkServer(driver, needs)).map(({ code }) => code);
      assert.deepEqual(codes.sort(), ['EVICTION', 'NO_PERSISTENCE']);
      assert.deepEqual(await checkServer(driver, needs), []);
    },
    'nothing is told where nothing is needed or all is well': async (context) => {
      await configured(context, { 'maxmemory-policy': 'noeviction' });
      assert.deepEqual(await checkServer(await context.driver(), { noEviction: true }), []);
      await configured(context, { 'maxmemory-policy': 'allkeys-lru', maxmemory: '200mb' });
      assert.deepEqual(await checkServer(await context.driver(), {}), []);
    },
    'where CONFIG is forbidden it says just that': async (context) => {
      const driver = await limited(context, '+@all', '-config');
      const warnings = await checkServer(driver, { noEviction: true });
      assert.deepEqual(
        warnings.map(({ code }) => code),
        ['UNKNOWN_CONFIG'],
      );
    },
  }),
];
