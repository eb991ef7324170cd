// Loads files as strings: `./take.lua`, and any file asked for with `?raw` (a page's parts). Vite knows `?raw` by itself.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

export function textForEsbuild() {
  return {
    name: 'penknife-text',
    setup(build) {
      const load = async ({ path }) => ({
        contents: await readFile(path.replace(/\?raw$/, ''), 'utf8'),
        loader: 'text',
      });
      // The suffix stays in the path: other plugins go by the ending and would take a style sheet for one.
      build.onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({
        path: resolve(resolveDir, path),
        namespace: 'raw',
      }));
      build.onLoad({ filter: /.*/, namespace: 'raw' }, load);
      build.onLoad({ filter: /\.lua$/ }, load);
    },
  };
}

export function textForVite() {
  return {
    name: 'penknife-text',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith('.lua')) return null;
      return `export default ${JSON.stringify(await readFile(id, 'utf8'))};`;
    },
  };
}
