import { expect, it } from 'vitest';
import { manifestExports } from '../rules/manifest-exports.mjs';
import { manifestFields } from '../rules/manifest-fields.mjs';
import { manifestVersions } from '../rules/manifest-versions.mjs';
import { findingsOf, manifest } from './planted-workspace.js';

const path = 'packages/core/package.json';
const door = { '@penknife/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' };

it.each([
  ['name', { name: '@penknife/kernel' }],
  ['description', { description: 'short' }],
  ['license', { license: 'ISC' }],
  ['repository', { repository: { directory: 'packages/other' } }],
  ['type', { type: 'commonjs' }],
  ['sideEffects', { sideEffects: true }],
  ['files', { files: ['README.md'] }],
  ['files', { files: ['dist', 'README.md', 'src'] }],
  ['engines', { engines: { node: '>=18' } }],
  ['publishConfig', { publishConfig: {} }],
  ['scripts', { scripts: { build: 'x', typecheck: 'x', postinstall: 'x' } }],
])('refuses a wrong %s', (field, changes) => {
  const findings = findingsOf(manifestFields, { [path]: manifest('core', changes) });
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatch(new RegExp(`^packages/core/package.json:\\d+ ${field}: `));
});

it('accepts a whole manifest, and asks nothing of a private one', () => {
  expect(findingsOf(manifestFields, {})).toEqual([]);
  expect(findingsOf(manifestExports, {})).toEqual([]);
  const hidden = { 'packages/machinery/package.json': { name: '@penknife/machinery', private: true } };
  expect(findingsOf(manifestFields, hidden)).toEqual([]);
  expect(findingsOf(manifestExports, hidden)).toEqual([]);
});

it.each([
  ['no door', { exports: undefined }, 'exports is missing'],
  ['no published door', { publishConfig: { access: 'public' } }, 'publishConfig.exports is missing'],
  [
    'the source condition last',
    {
      exports: {
        '.': { types: door.types, default: door.default, '@penknife/source': door['@penknife/source'] },
      },
    },
    "'.' has the conditions @penknife/source, types, default in this order",
  ],
  [
    'a source that is not there',
    { exports: { '.': { ...door, '@penknife/source': './src/gone.ts' } } },
    "'.': no source at ./src/gone.ts",
  ],
  [
    'another dist file',
    { exports: { '.': { ...door, default: './dist/main.js' } } },
    "'.': types and default are ./dist/index.d.ts",
  ],
  [
    'a door that is not published',
    { exports: { '.': door, './package.json': './package.json', './kit': door } },
    'publishConfig.exports is not',
  ],
])('refuses %s', (_what, changes, message) => {
  const findings = findingsOf(manifestExports, { [path]: manifest('core', changes) });
  expect(findings.join('\n')).toContain(message);
});

it.each([
  ['a sibling by number', 'dependencies', { '@penknife/lua': '^1.0.0' }, '@penknife/lua is a sibling'],
  [
    'a private sibling that would ship',
    'dependencies',
    { '@penknife/machinery': 'workspace:^' },
    'is private',
  ],
  ['any version', 'dependencies', { ms: '*' }, "'*' is no version"],
  ['a folder as a version', 'dependencies', { ms: 'file:../ms' }, 'cannot be published'],
  ['a peer nobody tests', 'peerDependencies', { ioredis: '^6.0.0' }, 'no devDependency brings'],
  ['a pin beside the catalog', 'devDependencies', { redis: '6.3.1' }, 'write catalog:'],
])('refuses %s', (_what, field, entries, message) => {
  const findings = findingsOf(manifestVersions, {
    [path]: manifest('core', { [field]: entries }),
    'packages/lua/package.json': manifest('lua'),
    'packages/machinery/package.json': manifest('machinery', { private: true }),
  });
  expect(findings).toHaveLength(1);
  expect(findings[0]).toContain(message);
});

it('accepts workspace, catalog, and a peer that the tests have', () => {
  const changes = {
    dependencies: { '@penknife/lua': 'workspace:^' },
    peerDependencies: { redis: '^5.0.0 || ^6.0.0' },
    devDependencies: { redis: 'catalog:', '@types/node': 'catalog:', ms: '2.0.0' },
  };
  expect(
    findingsOf(manifestVersions, {
      [path]: manifest('core', changes),
      'packages/lua/package.json': manifest('lua'),
    }),
  ).toEqual([]);
});
