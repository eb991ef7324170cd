import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleModule } from '@penknife/config/bundle-module';
import { requireServers } from '@penknife/redis-servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../src/report/report.js';
import { exists } from './process-exists.js';

/** Whether anybody answers there. */
async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe.skipIf(!(await requireServers()))('a run of the bench', () => {
  let [bench, caseProgram, folder] = ['', '', ''];
  beforeAll(async () => {
    [bench, caseProgram, folder] = await Promise.all([
      bundleModule(new URL('./bench.worker.ts', import.meta.url)),
      bundleModule(new URL('./case.worker.ts', import.meta.url)),
      mkdtemp(join(tmpdir(), 'penknife-bench-')),
    ]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const fileOf = (name: string): string => join(folder, name);

  /** Starts the command with these cases. */
  function start(report: string, ...names: readonly string[]) {
    const files = [fileOf(`${report}.json`), fileOf(`${report}.html`)] as const;
    const child: ChildProcess = spawn(
      process.execPath,
      [bench, caseProgram, ...files, ...names.map((name) => `bench/${name}`)],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, HANGING: fileOf('hanging') } },
    );
    let printed = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    return {
      child,
      /** When it has ended: how, what it printed, and what it wrote. */
      async end() {
        const [code] = await once(child, 'close');
        const [json, html] = files.map((file) => readFileSync(file, 'utf8')) as [string, string];
        return { code, printed, report: JSON.parse(json) as Report, html };
      },
    };
  }

  it('goes on after cases that fail, in whatever way, and tells them beside the others', async () => {
    const { code, printed, report, html } = await start(
      'failing',
      'sound',
      'no-peer',
      'refuses',
      'uncaught',
      'last',
    ).end();
    expect(code).toBe(1);
    expect(report.cases.map(({ name }) => name)).toEqual(['bench/sound', 'bench/last']);
    expect(report.unmeasured.map(({ name, error }) => [name, error])).toEqual([
      ['bench/no-peer', 'Error: there are no peers'],
      ['bench/refuses', 'RangeError: no more'],
      ['bench/uncaught', 'TypeError: nobody catches this'],
    ]);
    for (const { leftOut } of report.cases) expect(leftOut).toEqual(['a late peer']);
    for (const told of [printed, html])
      for (const { error } of report.unmeasured) expect(told).toContain(error);
  });

  it('writes what there is when it is interrupted, ends with 130 and leaves nothing running', async () => {
    const { child, end } = start('interrupted', 'last', 'hangs', 'sound');
    const ended = end();
    await expect.poll(() => existsSync(fileOf('hanging')), { timeout: 10_000 }).toBe(true);
    const { pid, port } = JSON.parse(readFileSync(fileOf('hanging'), 'utf8'));
    expect(await listens(port)).toBe(true);
    child.kill('SIGINT');
    const { code, report, html } = await ended;
    expect(code).toBe(130);
    expect(report.cases.map(({ name }) => name)).toEqual(['bench/last']);
    expect(report.unmeasured.map(({ name, error }) => [name, error])).toEqual([
      ['bench/hangs', 'interrupted'],
      ['bench/sound', 'not begun: the run was interrupted'],
    ]);
    expect(html).toContain('<pre>interrupted</pre>');
    expect(exists(pid)).toBe(false);
    await expect.poll(() => listens(port), { timeout: 5000 }).toBe(false);
  });
});
