import { expect, it } from 'vitest';
import { luaHeaders } from '../rules/lua-headers.mjs';
import { patternAnatomy } from '../rules/pattern-anatomy.mjs';
import { readmeSections } from '../rules/readme-sections.mjs';
import { findingsOf, manifest } from './planted-workspace.js';

const SECTIONS = [
  'Install',
  'Example',
  'Guarantees',
  'Not guaranteed',
  'When not to use it',
  'Keys',
  'Options',
  'Errors',
];
const readme = (sections: string[]): string => sections.map((title) => `## ${title}\ntext\n`).join('');
const locks = {
  'packages/locks/package.json': manifest('locks'),
  'packages/locks/README.md': readme(SECTIONS),
  'packages/locks/src/index.ts': "export { createLock } from './lock.js';\n",
  'packages/locks/src/options.ts': '',
  'packages/locks/src/keys.ts': '',
  'packages/locks/test/deep/lock.test.ts': '',
};

it.each(['README.md', 'src/options.ts', 'src/keys.ts', 'test/*.test.ts'])(
  'refuses a pattern without %s',
  (room) => {
    const path = room === 'test/*.test.ts' ? 'test/deep/lock.test.ts' : room;
    const { [`packages/locks/${path}` as keyof typeof locks]: _gone, ...rest } = locks;
    expect(findingsOf(patternAnatomy, rest)).toEqual([
      `packages/locks/package.json:1 a pattern package has ${room}; this one has none`,
    ]);
  },
);

it('accepts the whole anatomy, and a package that is still an empty stub', () => {
  expect(findingsOf(patternAnatomy, locks)).toEqual([]);
  const stub = {
    'packages/locks/package.json': manifest('locks'),
    'packages/locks/src/index.ts': 'export {};\n',
  };
  expect(findingsOf(patternAnatomy, stub)).toEqual([]);
  expect(findingsOf(readmeSections, stub)).toEqual([]);
});

it('refuses a missing section, and sections out of order', () => {
  const path = 'packages/locks/README.md';
  expect(findingsOf(readmeSections, locks)).toEqual([]);
  expect(
    findingsOf(readmeSections, { ...locks, [path]: readme(SECTIONS.filter((title) => title !== 'Keys')) }),
  ).toEqual([`${path}:1 section '## Keys' is missing`]);
  const swapped = findingsOf(readmeSections, {
    ...locks,
    [path]: readme(['Example', 'Install', ...SECTIONS.slice(2)]),
  });
  expect(swapped).toHaveLength(1);
  expect(swapped[0]).toContain(`${path}:1 section '## Example' is out of order`);
});

it('does not take a heading inside a code block for a section', () => {
  const text = [readme(SECTIONS.slice(0, -1)), '```sh', '## Errors', '```', ''].join('\n');
  expect(findingsOf(readmeSections, { ...locks, 'packages/locks/README.md': text })).toEqual([
    "packages/locks/README.md:1 section '## Errors' is missing",
  ]);
});

it('asks less of core and the drivers, but a README all the same', () => {
  expect(findingsOf(readmeSections, { 'packages/core/README.md': '## Install\n## Example\n' })).toEqual([
    "packages/core/README.md:1 section '## Guarantees' is missing",
    "packages/core/README.md:1 section '## Not guaranteed' is missing",
  ]);
});

it('refuses a script without its header', () => {
  const path = 'packages/core/src/scripts/release.lua';
  const header =
    '-- Gives the lease back if the token still holds it.\n-- KEYS[1] the lock\n-- ARGV[1] the token\n-- Returns 1 or 0\n';
  expect(findingsOf(luaHeaders, { [path]: `${header}return 1\n` })).toEqual([]);
  expect(findingsOf(luaHeaders, { [path]: 'return 1 -- KEYS ARGV Returns\n' })).toHaveLength(4);
  expect(findingsOf(luaHeaders, { [path]: header.replace(/-- ARGV.*\n/, '') })).toEqual([
    `${path}:1 the header comment has no line '-- ARGV …'`,
  ]);
  expect(findingsOf(luaHeaders, { [path]: header.split('\n').slice(1).join('\n') })).toEqual([
    `${path}:1 the header comment has no first line that says what the script does`,
  ]);
});
