import { expect, it } from 'vitest';
import { timeAndChance } from '../rules/time-and-chance.mjs';
import { findingsOf, manifest } from './planted-workspace.js';

const inCore = (text: string, path = 'src/lease.ts'): string[] =>
  findingsOf(timeAndChance, { [`packages/core/${path}`]: text });

it.each([
  'const now = Date.now();',
  'const now = performance.now();',
  'setTimeout(stop, 10);',
  'globalThis.setTimeout(stop, 10);',
  'const timer = { start: setInterval };',
  'const roll = Math.random();',
  'const today = new Date();',
  'const today = new Date;',
  'const signal = AbortSignal.timeout(10);',
  "import { setTimeout as sleep } from 'node:timers/promises';",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the planted source has the template
  'const key = `at:${Date.now()}`;',
])('refuses %s', (text) => {
  const findings = inCore(`\n${text}\n`);
  expect(findings).toHaveLength(1);
  expect(findings[0]).toContain('packages/core/src/lease.ts:2 ');
});

it.each([
  'clock.setTimeout(stop, 10);',
  '// Date.now() is refused',
  "const text = 'Date.now()';",
  'const then = new Date(ms);',
  'const pattern = /Math.random/;',
  'const half = total / 2; // setTimeout(',
])('accepts %s', (text) => {
  expect(inCore(text)).toEqual([]);
});

it('lets the clock, the drivers, tests and tools ask the machine', () => {
  const text = 'Date.now();';
  expect(inCore(text, 'src/time/system-clock.ts')).toEqual([]);
  expect(inCore(text, 'test/lease.test.ts')).toEqual([]);
  expect(
    findingsOf(timeAndChance, {
      'packages/driver-ioredis/package.json': manifest('driver-ioredis'),
      'packages/driver-ioredis/src/index.ts': text,
      'packages/lua/package.json': manifest('lua'),
      'packages/lua/src/library/os.ts': text,
      'tools/matrix/package.json': { name: '@penknife/matrix' },
      'tools/matrix/src/index.ts': text,
    }),
  ).toEqual([]);
});
