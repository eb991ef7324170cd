import { expect, it } from 'vitest';
import { fileLength } from '../rules/file-length.mjs';
import { fileNames } from '../rules/file-names.mjs';
import { namedExports } from '../rules/named-exports.mjs';
import { findingsOf } from './planted-workspace.js';

const lines = (count: number): string => 'x;\n'.repeat(count);

it.each(["export * from './a.js';", "export * as a from './a.js';", "export type * from './a.js';"])(
  'refuses %s',
  (text) => {
    expect(findingsOf(namedExports, { 'packages/core/src/index.ts': `\n${text}` })).toEqual([
      'packages/core/src/index.ts:2 `export *`: name every export',
    ]);
  },
);

it('does not take prose about `export *` for code', () => {
  const text = "// export * is refused\nconst text = 'export * from';\n";
  expect(
    findingsOf(namedExports, {
      'packages/core/src/index.ts': text,
      'packages/core/README.md': 'export * from',
    }),
  ).toEqual([]);
});

it('notes a file of 250 lines and refuses one of 401, in sources, tests and scripts', () => {
  expect(
    findingsOf(fileLength, {
      'packages/core/src/fits.ts': lines(249),
      'packages/core/src/long.ts': lines(250),
      'packages/core/src/longest.ts': lines(400),
      'packages/core/test/too-long.test.ts': lines(401),
      'packages/core/src/too-long.lua': lines(402),
    }).sort(),
  ).toEqual([
    'packages/core/src/long.ts:1 note: 250 lines: look hard at 250',
    'packages/core/src/longest.ts:1 note: 400 lines: look hard at 250',
    'packages/core/src/too-long.lua:1 402 lines: more than 400, split it',
    'packages/core/test/too-long.test.ts:1 401 lines: more than 400, split it',
  ]);
});

it.each([
  ['src/utils.ts', "'utils' says nothing"],
  ['test/helpers.test.ts', "'helpers' says nothing"],
  ['src/common/lease.ts', "'common' says nothing"],
  ['src/misc.lua', "'misc' says nothing"],
  ['src/leaseHolder.ts', "'leaseHolder.ts' is not kebab-case"],
  ['src/lease_holder.lua', "'lease_holder.lua' is not kebab-case"],
  ['src/Scripts/lease.ts', "folder 'Scripts' is not kebab-case"],
])('refuses the name %s', (path, message) => {
  const findings = findingsOf(fileNames, { [`packages/core/${path}`]: 'x;' });
  expect(findings).toHaveLength(1);
  expect(findings[0]).toContain(`packages/core/${path}:1 ${message}`);
});

it('accepts kebab-case with any number of endings', () => {
  const names = ['lease-holder.ts', 'lease.test-d.ts', 'lease.suite.ts', 'utils-of-trade.ts', 'x.lua'];
  expect(
    findingsOf(fileNames, Object.fromEntries(names.map((name) => [`packages/core/src/${name}`, 'x;']))),
  ).toEqual([]);
});
