import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { binary } from '../commands.mjs';
import { readTestReport } from '../test-report.mjs';

const FILES = {
  'good.test.js': "it('a', () => {}); it('b', () => {}); it.skip('c', () => {}); it.todo('d');",
  'bad.test.js': "it('a', () => {}); it('b', () => { throw new Error('planted'); });",
  'unloadable.test.js': "import './missing.js'; it('a', () => {});",
  'hook.test.js': "beforeAll(() => { throw new Error('planted'); }); it('a', () => {}); it('b', () => {});",
  'unhandled.test.js': "it('a', () => { void Promise.reject(new Error('planted')); });",
  'unsteady.test.js': "let tries = 0; it('a', { retry: 1 }, () => expect(tries++).toBe(1));",
  'vitest.config.js': 'export default { test: { globals: true } };',
};

it('counts passed, failed, skipped, unloadable files, thrown hooks and unhandled errors, and tells why', {
  timeout: 60_000,
}, () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'reporter-')));
  try {
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
    const progress = join(folder, 'progress.jsonl');
    const [command, ...args] = binary('vitest');
    const reporter = resolve(import.meta.dirname, '../progress-reporter.mjs');
    const { status } = spawnSync(command, [...args, 'run', `--reporter=${reporter}`], {
      cwd: folder,
      env: { ...process.env, PENKNIFE_PROGRESS: progress },
    });
    expect(status).toBe(1);
    const { slowest, failures, ...counts } = readTestReport(progress);
    expect(counts).toEqual({
      passed: 5,
      failed: 4,
      skipped: 4,
      unsteady: ['unsteady.test.js > a'],
      unfinished: [],
      complete: true,
    });
    const told = Object.fromEntries(failures.map(({ name, message }) => [name, message]));
    expect(Object.keys(told).sort()).toEqual([
      'an error outside of any test',
      'bad.test.js > b',
      'hook.test.js',
      'unloadable.test.js',
    ]);
    expect(told['bad.test.js > b']).toMatch(/^planted\nat .*bad\.test\.js/);
    expect(told['unloadable.test.js']).toContain('missing.js');
    expect(slowest.map(({ file }) => file).sort()).toEqual(
      Object.keys(FILES)
        .filter((name) => name.includes('.test.'))
        .sort(),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
