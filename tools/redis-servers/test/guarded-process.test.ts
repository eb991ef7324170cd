import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('the end of a server is waited for, also when it had more to say', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'penknife-guarded-'));
  try {
    const outfile = join(folder, 'talkative.mjs');
    const entry = fileURLToPath(new URL('./fixtures/talkative.ts', import.meta.url));
    await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile });
    const own = await mkdtemp(join(folder, 'server-'));
    const [code] = await once(spawn(process.execPath, [outfile, own], { stdio: 'ignore' }), 'exit');
    // 13: the process had nothing left to do while it waited.
    expect([code, existsSync(own)]).toEqual([0, false]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
