import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

function check(files: Record<string, string>): { status: number | null; lines: string[] } {
  const root = mkdtempSync(join(tmpdir(), 'check-'));
  try {
    mkdirSync(join(root, 'tools/matrix/src'), { recursive: true });
    for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
    const { status, stdout } = spawnSync(
      process.execPath,
      [resolve(import.meta.dirname, '../check.mjs'), root],
      {
        encoding: 'utf8',
      },
    );
    return { status, lines: stdout.trimEnd().split('\n') };
  } finally {
    rmSync(root, { recursive: true });
  }
}

const manifest = { 'tools/matrix/package.json': '{ "name": "@penknife/matrix", "private": true }' };

it('prints one line a finding and a count, and ends with 1', () => {
  const { status, lines } = check({ ...manifest, 'tools/matrix/src/index.ts': "export * from './a.js';\n" });
  expect(lines).toEqual([
    'tools/matrix/src/index.ts:1 named-exports `export *`: name every export',
    expect.stringMatching(/^structure: 1 refused, 0 notes, 2 files, 1 packages, \d+ rules$/),
  ]);
  expect(status).toBe(1);
});

it('ends with 0 when only notes are left', () => {
  const { status, lines } = check({ ...manifest, 'tools/matrix/src/index.ts': 'x;\n'.repeat(300) });
  expect(lines[0]).toBe('tools/matrix/src/index.ts:1 file-length note: 300 lines: look hard at 250');
  expect(status).toBe(0);
});

it('ends with 1 when there is nothing to check', () => {
  expect(check({}).status).toBe(1);
});
