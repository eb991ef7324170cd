// Bundles a TypeScript module with all it imports into one file that Node runs as it stands: for processes of their own,
// where neither vite nor the source condition is.
import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { textForEsbuild } from './text-plugin.js';

const cache = join(dirname(fileURLToPath(import.meta.url)), 'node_modules/.cache/bundles');

// Clients are CommonJS, and require() node's own modules.
const banner =
  "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);";

export async function bundleModule(entry) {
  const path = fileURLToPath(entry);
  const name = `${basename(path).replace(/\.\w+$/, '')}-${createHash('sha1').update(path).digest('hex').slice(0, 8)}`;
  await mkdir(cache, { recursive: true });
  const outfile = join(cache, `${name}.mjs`);
  // Several test files may bundle one module at a time: each writes its own file, and the last one's stays.
  const own = join(cache, `${name}.${process.pid}.${performance.now()}.mjs`);
  try {
    await build({
      entryPoints: [path],
      outfile: own,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      conditions: ['@penknife/source'],
      sourcemap: 'inline',
      sourcesContent: false,
      banner: { js: banner },
      plugins: [textForEsbuild()],
      logLevel: 'error',
    });
    await rename(own, outfile);
  } finally {
    await rm(own, { force: true });
  }
  return outfile;
}
