// Loads files as strings: `.lua` everywhere, and a page's `.html`, `.css` and `.browser.js`. One loader for vitest, one for tsup.
import { readFile } from 'node:fs/promises';

const text = /\.(lua|html|css|browser\.js)$/;

export function textForEsbuild() {
  return {
    name: 'penknife-text',
    setup(build) {
      build.onLoad({ filter: text }, async ({ path }) => ({
        contents: await readFile(path, 'utf8'),
        loader: 'text',
      }));
    },
  };
}

export function textForVite() {
  return {
    name: 'penknife-text',
    enforce: 'pre',
    async load(id) {
      if (!text.test(id)) return null;
      return `export default ${JSON.stringify(await readFile(id, 'utf8'))};`;
    },
  };
}
