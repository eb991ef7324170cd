// Loads `.lua` files as strings: `import lua from './scripts/release.lua'`. One loader for vitest, one for tsup (esbuild).
import { readFile } from 'node:fs/promises';

/** @returns {import('esbuild').Plugin} */
export function luaForEsbuild() {
  return {
    name: 'penknife-lua',
    setup(build) {
      build.onLoad({ filter: /\.lua$/ }, async ({ path }) => ({
        contents: await readFile(path, 'utf8'),
        loader: 'text',
      }));
    },
  };
}

/** @returns {import('vite').Plugin} */
export function luaForVite() {
  return {
    name: 'penknife-lua',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith('.lua')) return null;
      return `export default ${JSON.stringify(await readFile(id, 'utf8'))};`;
    },
  };
}
