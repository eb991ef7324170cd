import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundleModule } from '@penknife/config/bundle-module';
import { requireServers } from '@penknife/redis-servers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Backend } from '../src/config.js';
import { describeBackend } from '../src/open-backend.js';
import { environmentOf } from './backend-environment.js';
import { backends } from './backends.js';

const servers = await requireServers();

/** The program as `npm start` runs it: its entries beside each other. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penknife-arena-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  for (const entry of ['main', 'worker']) {
    const bundle = await bundleModule(new URL(`../src/${entry}.ts`, import.meta.url));
    await copyFile(bundle, join(folder, `${entry}.js`));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let running: ChildProcess | undefined;
afterEach(() => {
  if (running?.exitCode === null) running.kill('SIGKILL');
});

/** Starts the program; gives what it prints, line by line. */
function start(backend: Backend): { readonly process: ChildProcess; readonly lines: AsyncIterator<string> } {
  const environment = { ...process.env, ...environmentOf(backend), PORT: '0' };
  const child = spawn(process.execPath, [join(folder, 'main.js')], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running = child;
  return { process: child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
}

// Two or three processes start for each.
vi.setConfig({ testTimeout: 40_000 });

describe.each(backends.filter(([name]) => servers || name === 'memory'))('npm start on %s', (name, open) => {
  it('prints its address, serves the page, and ends when it is told to', async () => {
    const { backend, end } = await open();
    try {
      const { process: program, lines } = start(backend);
      const ended = once(program, 'exit');
      const [, on, address] =
        /^Penknife arena on (.*): (http:\/\/127\.0\.0\.1:\d+)$/.exec(String((await lines.next()).value)) ??
        [];
      expect(on).toBe(describeBackend(backend));
      if (name !== 'memory') expect((await lines.next()).value).toMatch(/a worker for orders: process \d+$/);
      expect((await lines.next()).value).toMatch(/another instance: http:\/\/127\.0\.0\.1:\d+$/);

      // A test's server keeps nothing.
      if (name !== 'memory')
        expect((await lines.next()).value).toMatch(/mind the server: neither AOF nor RDB/);

      const page = await fetch(`${address}/`);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('Penknife');

      program.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    } finally {
      await end();
    }
  });
});

it('says which variable is wrong, and ends', async () => {
  const child = spawn(process.execPath, [join(folder, 'main.js')], {
    env: { ...process.env, PENKNIFE_CLIENT: 'another' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running = child;
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(said).toContain('PENKNIFE_CLIENT must be node-redis or ioredis; given: another');
});
