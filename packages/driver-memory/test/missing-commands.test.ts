import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createCommandTable } from '../src/commands/command-table.js';
import { families } from '../src/commands/families.js';
import { allSignatures } from '../src/commands/signatures/all-signatures.js';
import { type Compatibility, compatibilities } from '../src/engine/server-profile.js';

const readme = new URL('../README.md', import.meta.url);
const begin = '<!-- missing commands: begin -->\n';
const end = '<!-- missing commands: end -->';

/** Commands of a server that the engine does not have. */
function missingOf(compatibility: Compatibility): string[] {
  const table = createCommandTable(compatibility);
  return allSignatures(compatibility)
    .filter(({ name }) => {
      const [container = '', subcommand] = name.split('|');
      const command = table.get(container);
      if (subcommand === undefined) return command === undefined;
      return command !== undefined && command.subcommands?.has(subcommand) !== true;
    })
    .map(({ name }) => name.replace('|', ' ').toUpperCase());
}

/** As the README lists them: those of Redis 7.0, and for each later server what is missing beyond that. */
function missingTable(): string {
  const of70 = missingOf('7.0');
  const rows = compatibilities.map((compatibility) => {
    const names = missingOf(compatibility).filter((name) => compatibility === '7.0' || !of70.includes(name));
    return `- \`'${compatibility}'\`: ${names.join(', ')}`;
  });
  return ['', ...rows, '', ''].join('\n');
}

// `UPDATE_README=1` writes the table instead of comparing it.
test('the README lists every command that is missing, and no other', () => {
  const text = readFileSync(readme, 'utf8');
  const start = text.indexOf(begin) + begin.length;
  const expected = missingTable();
  if (process.env.UPDATE_README === '1') {
    writeFileSync(readme, text.slice(0, start) + expected + text.slice(text.indexOf(end)));
    return;
  }
  expect(text.slice(start, text.indexOf(end))).toBe(expected);
});

test('every function of the engine belongs to a command of some server', () => {
  const named = new Set(compatibilities.flatMap((one) => allSignatures(one).map(({ name }) => name)));
  const functions = families.flatMap((family) => Object.keys(family));
  expect(functions.filter((name) => !named.has(name))).toEqual([]);
  expect(functions.length).toBeGreaterThan(300);
});

test('a command newer than the server is unknown', () => {
  const has = (compatibility: Compatibility, name: string): boolean =>
    createCommandTable(compatibility).has(name);
  const since: Readonly<Record<string, readonly Compatibility[]>> = {
    HPEXPIRE: ['8.0', '8.6', 'valkey-9'],
    HGETDEL: ['8.0', '8.6', 'valkey-9'],
    XACKDEL: ['8.6'],
    DELEX: ['8.6'],
    DELIFEQ: ['valkey-9'],
    MSETEX: ['8.6', 'valkey-9'],
    WAITAOF: ['8.0', '8.6', 'valkey-8.1', 'valkey-9'],
    GET: compatibilities,
  };
  for (const [name, servers] of Object.entries(since)) {
    expect(
      compatibilities.filter((one) => has(one, name)),
      name,
    ).toEqual(servers);
  }
});
