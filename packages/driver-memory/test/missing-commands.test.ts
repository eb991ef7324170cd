import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createCommandTable } from '../src/commands/command-table.js';
import { allSignatures } from '../src/commands/signatures/all-signatures.js';

const readme = new URL('../README.md', import.meta.url);
const begin = '<!-- missing commands: begin -->\n';
const end = '<!-- missing commands: end -->';

/** Commands of Redis 7.0 that the engine does not have, by group, as the README lists them. */
function missingTable(): string {
  const table = createCommandTable();
  const groups = new Map<string, string[]>();
  for (const { name, group } of allSignatures()) {
    const [container = '', subcommand] = name.split('|');
    const command = table.get(container);
    const present = subcommand === undefined ? command !== undefined : command?.subcommands?.has(subcommand);
    const wholeContainerMissing = subcommand !== undefined && command === undefined;
    if (present || wholeContainerMissing) continue;
    groups.set(group, [...(groups.get(group) ?? []), name.replace('|', ' ').toUpperCase()]);
  }
  const rows = [...groups].map(([group, names]) => `- ${group}: ${names.join(', ')}`);
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

test('every function of the table belongs to a command of Redis 7.0', () => {
  const table = new Set(createCommandTable().values());
  expect(table.size).toBeGreaterThan(180);
});
