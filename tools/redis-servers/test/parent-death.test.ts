import { fork } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { requireServers } from '../src/availability.js';
import { defaultCacheFolder } from '../src/debian/fetch-flavour.js';
import { eventually } from '../src/eventually.js';

const isGone = async (pid: number): Promise<boolean> => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

describe.skipIf(!(await requireServers()))('a server whose parent dies', () => {
  it.each([
    { state: 'running', pause: false },
    { state: 'paused', pause: true },
  ])('trap: goes with a parent that got SIGKILL, with its folder ($state)', async ({ pause }) => {
    const folder = await mkdtemp(join(tmpdir(), 'penknife-parent-'));
    try {
      const outfile = join(folder, 'parent.mjs');
      const entry = fileURLToPath(new URL('./fixtures/parent.ts', import.meta.url));
      await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile });
      const env = { ...process.env, PENKNIFE_SERVERS_CACHE: defaultCacheFolder() };
      const parent = fork(outfile, { env, execArgv: [] });
      const [started] = (await once(parent, 'message')) as [{ pid: number; folder: string }];
      expect(await isGone(started.pid)).toBe(false);
      if (pause) process.kill(started.pid, 'SIGSTOP');
      parent.kill('SIGKILL');
      await once(parent, 'exit');
      await eventually('the server is gone', () => isGone(started.pid), 5000);
      await eventually(
        'its folder is gone',
        () =>
          access(started.folder).then(
            () => false,
            () => true,
          ),
        5000,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
