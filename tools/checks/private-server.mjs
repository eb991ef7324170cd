// A private Redis server for examples that need one. The launcher is TypeScript, so it is bundled first.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './commands.mjs';

/** @returns {Promise<{ readonly url: string, stop(): Promise<void> }>} */
export async function startPrivateServer() {
  // Below the workspace's node_modules, from where the bundle finds what it imports.
  const outfile = join(root, 'node_modules/.cache/penknife-checks/redis-servers.mjs');
  await build({
    entryPoints: [join(root, 'tools/redis-servers/src/index.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['vitest'],
    outfile,
    logLevel: 'error',
  });
  const { startServer } = await import(pathToFileURL(outfile).href);
  return startServer();
}
