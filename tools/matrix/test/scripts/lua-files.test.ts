import { createHash } from 'node:crypto';
import type { Script } from '@penknife/core';
import { requireServers } from '@penknife/redis-servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Column, memoryColumn, nodeRedisClient, singleColumn } from '../../src/index.js';
import { fullTier } from '../contract/run-in-columns.js';
import { commandsOf, loadScriptModules, luaFiles } from './defined-scripts.js';

const { defined } = vi.hoisted(() => ({ defined: [] as Script[] }));

// Not a stand-in for anything's behaviour: the real defineScript, overheard.
vi.mock(import('@penknife/core'), async (original) => {
  const core = await original();
  const overheard = (definition: Parameters<typeof core.defineScript>[0]): object => {
    const script = core.defineScript(definition);
    defined.push(script);
    return script;
  };
  return { ...core, defineScript: overheard as typeof core.defineScript };
});

const flavours = (['redis-7.0', 'redis-8.0', 'valkey-8.1', 'redis-8.6', 'valkey-9'] as const).filter(
  (flavour) => fullTier || (flavour !== 'redis-8.6' && flavour !== 'valkey-9'),
);
const columns: readonly Column[] = [
  memoryColumn,
  ...flavours.map((flavour) => singleColumn(nodeRedisClient, flavour)),
];

/** Commands of newer servers, that scripts call only when told that the server has them: not missed on others. */
const ofNewerServers: ReadonlySet<string> = new Set(['XACKDEL']);

// Files before this one may have loaded the modules unheard, and those after it want none that are overheard.
beforeAll(() => {
  vi.resetModules();
  return loadScriptModules();
}, 60_000);
afterAll(() => {
  vi.doUnmock('@penknife/core');
  vi.resetModules();
});

function planted(lua: string): Script {
  return { name: 'planted', lua, sha1: createHash('sha1').update(lua).digest('hex') };
}

/** What is wrong with a script on a server: it does not compile, or calls a command that is not there. */
async function problemsOf(
  script: Script,
  admin: (...args: [string, ...string[]]) => Promise<unknown>,
  newest = false,
): Promise<readonly string[]> {
  const sha1 = await admin('SCRIPT', 'LOAD', script.lua).catch((error: unknown) => String(error));
  if (sha1 !== script.sha1) return [`${script.name}: ${String(sha1)}`];
  const names = commandsOf(script).filter((name) => newest || !ofNewerServers.has(name));
  const infos = (await admin('COMMAND', 'INFO', ...names)) as unknown[];
  return names.filter((_, i) => !Array.isArray(infos[i])).map((name) => `${script.name}: no command ${name}`);
}

describe('the Lua files of all patterns', () => {
  it('are all part of a script that is defined', () => {
    const files = [...luaFiles()];
    expect(files.length).toBeGreaterThan(0);
    const unused = files.filter(([, text]) => !defined.some(({ lua }) => lua.includes(text)));
    expect(unused.map(([path]) => path)).toEqual([]);
  });

  for (const column of columns) {
    it(`compile, and find their commands: ${column.memory ? 'memory' : column.flavour}`, async (context) => {
      const { flavour } = column;
      if (flavour !== undefined && !(await requireServers({ flavour })))
        context.skip(`no ${flavour} server here`);
      const world = await column.open();
      try {
        const found = await Promise.all(
          defined.map((script) => problemsOf(script, world.admin, flavour === 'redis-8.6')),
        );
        expect(found.flat()).toEqual([]);
        const broken = planted(`return redis.call('GET', KEYS[1]`);
        expect(await problemsOf(broken, world.admin)).toEqual([expect.stringMatching(/^planted: .*ERR/)]);
        const unknown = planted(`return redis.call('NOSUCHCOMMAND')`);
        expect(await problemsOf(unknown, world.admin)).toEqual(['planted: no command NOSUCHCOMMAND']);
      } finally {
        await world.close();
      }
    }, 120_000);
  }
});
