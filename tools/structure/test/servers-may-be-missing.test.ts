import { expect, it } from 'vitest';
import { serversMayBeMissing } from '../rules/servers-may-be-missing.mjs';
import { findingsOf, manifest } from './planted-workspace.js';

const inMatrix = (text: string, path = 'test/some.test.ts'): string[] =>
  findingsOf(serversMayBeMissing, {
    'tools/matrix/package.json': { name: '@penknife/matrix' },
    [`tools/matrix/${path}`]: text,
  });

it.each(['startServer', 'leaseCluster'])('refuses a test that calls %s without asking', (name) => {
  const findings = inMatrix(`import { ${name} } from '@penknife/redis-servers';\nawait ${name}();\n`);
  expect(findings).toHaveLength(1);
  expect(findings[0]).toContain('tools/matrix/test/some.test.ts:1 ');
});

it('accepts who asks, who only lends a hand to tests, and who starts another server', () => {
  const asks =
    "import { requireServers, startServer } from '@penknife/redis-servers';\nawait startServer();\n";
  const careless = "import { startServer } from '@penknife/redis-servers';\nawait startServer();\n";
  const door = "import { startServer } from '@penknife/driver-memory/server';\nawait startServer(redis);\n";
  expect(inMatrix(asks)).toEqual([]);
  expect(inMatrix(careless, 'test/crew.ts')).toEqual([]);
  expect(inMatrix(door)).toEqual([]);
});

it('lets the servers’ own tests start them', () => {
  expect(
    findingsOf(serversMayBeMissing, {
      'tools/redis-servers/package.json': { name: '@penknife/redis-servers' },
      'tools/redis-servers/test/some.test.ts':
        "import { startServer } from '@penknife/redis-servers';\nawait startServer();\n",
      'packages/core/package.json': manifest('core'),
    }),
  ).toEqual([]);
});
