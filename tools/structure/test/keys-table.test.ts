import { expect, it } from 'vitest';
import { keysTable } from '../rules/keys-table.mjs';
import { findingsOf, manifest } from './planted-workspace.js';

const readme = 'packages/locks/README.md';
const source = 'packages/locks/src/keys.ts';

const rows = [
  '| `<namespace>:lock1:mutex:{<name>}` | ephemeral | who holds it |',
  '| `<namespace>:lock1:mutex-limit:{<name>}`, `<namespace>:lock1:queue:…` | durable | one a \\| name |',
];
const kinds = [
  "mutex: { life: 'ephemeral', holds: 'kinds: { of braces }' },",
  "'mutex-limit': {",
  "  life: 'durable', // a limit",
  "  holds: 'a number',",
  "  bound: { count: 'one a name' },",
  '},',
  "queue: { life: 'durable', holds: 'names', bound },",
];

const planted = (table: readonly string[], declared: readonly string[] = kinds, more = {}): string[] =>
  findingsOf(keysTable, {
    'packages/locks/package.json': manifest('locks'),
    [readme]: `## Keys\n\nText.\n\n| key | life | holds |\n| --- | --- | --- |\n${table.join('\n')}\n\n| bytes | 8 |\n| --- | --- |\n| a | 1 |\n`,
    'packages/locks/src/index.ts': "export { lockKeys } from './keys.js';\n",
    [source]: `export const lockKeys = defineKeys({\npattern: 'lock',\nversion: 1,\nkinds: {\n${declared.join('\n')}\n},\n});\n`,
    ...more,
  });

it('accepts a table that has each kind with its life, alone or with others of the same', () => {
  expect(planted(rows)).toEqual([]);
});

it.each([
  ['another life', 'ephemeral', 'durable', "the table calls 'mutex' 'durable', and src/keys.ts ephemeral"],
  [
    'no life of its own',
    'ephemeral',
    'likewise',
    "the table calls 'mutex' 'likewise', and src/keys.ts ephemeral",
  ],
])('refuses a row with %s', (_what, life, instead, message) => {
  expect(planted(rows.map((row) => row.replace(life, instead)))).toEqual([`${readme}:7 ${message}`]);
});

it('refuses a life that changed in the declaration alone', () => {
  const changed = kinds.map((line) => line.replace("queue: { life: 'durable'", "queue: { life: 'ephemeral'"));
  expect(planted(rows, changed)).toEqual([
    `${readme}:8 the table calls 'queue' 'durable', and src/keys.ts ephemeral`,
  ]);
});

it('refuses a kind without a row, and a README without the table', () => {
  const missing = (kind: string, life: string): string =>
    `${readme}:2 '${kind}', which src/keys.ts declares ${life}, is not in the table of '## Keys'`;
  expect(planted(rows.slice(0, 1))).toEqual([missing('mutex-limit', 'durable'), missing('queue', 'durable')]);
  expect(planted(rows, kinds, { [readme]: '## Keys\n\nSome.\n' })).toEqual([
    missing('mutex', 'ephemeral'),
    missing('mutex-limit', 'durable'),
    missing('queue', 'durable'),
  ]);
});

it.each([
  ['of a kind that is not declared', 'lock1:fence', "'lock1:fence', which"],
  ['of an older version', 'lock0:mutex', "'lock0:mutex', which"],
])('refuses a row %s', (_what, key, message) => {
  const row = rows[0]?.replace('lock1:mutex', key) ?? '';
  expect(planted([...rows, row])).toEqual([
    `${readme}:9 the table has ${message} src/keys.ts does not declare`,
  ]);
});

it('refuses a row that does not name its key in full', () => {
  const message = (line: number): string =>
    `${readme}:${line} a row names its keys in full: \`<namespace>:word1:kind:…\``;
  expect(planted([...rows, '| `…:mutex:…` | ephemeral | |', '| a mutex | ephemeral | |'])).toEqual([
    message(9),
    message(10),
  ]);
});

it.each([
  ['spread in', '...others,'],
  ['written somewhere else', 'fence,'],
  ['of another life', "fence: { life: 'eternal' },"],
])('refuses a kind that is %s: it could not be compared', (_what, line) => {
  const message = (at: number): string =>
    `${source}:${at} a kind is written as \`name: { life: 'ephemeral' or 'durable', … }\``;
  expect(planted(rows, [line, ...kinds])).toContain(message(5));
  expect(planted(rows, [...kinds, line])).toEqual([message(12)]);
});

it('refuses kinds that are not written out, and keys declared elsewhere', () => {
  const where = 'packages/locks/src/lock.ts';
  const elsewhere = { [where]: '// defineKeys()\nconst more = defineKeys({});\n' };
  expect(planted(rows, kinds, elsewhere)).toEqual([`${where}:2 keys are declared once, in src/keys.ts`]);
  expect(planted(rows, [...kinds, '} });', 'defineKeys({ kinds: {'])).toEqual([
    `${source}:13 keys are declared once, in src/keys.ts`,
  ]);
  expect(planted([], [], { [source]: "defineKeys({ pattern: 'a', version: 1, kinds });\n" })).toEqual([
    `${source}:1 a kind is written as \`name: { life: 'ephemeral' or 'durable', … }\``,
  ]);
});
