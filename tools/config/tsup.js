// The one tsup configuration of the workspace. JavaScript only: declarations come from `tsc` (see tsconfig.build.json).
import { defineConfig } from 'tsup';
import { textForEsbuild } from './text-plugin.js';

/**
 * @param {string[]} entry the package's doors, usually `['src/index.ts']`
 * @param {import('tsup').Options} [options] what a package needs beyond the house's settings
 */
export function packageBuild(entry, options = {}) {
  return defineConfig({
    entry,
    format: ['esm'],
    target: 'node20',
    dts: false,
    clean: true,
    splitting: true,
    sourcemap: true,
    treeshake: true,
    esbuildPlugins: [textForEsbuild()],
    // Private: it travels inside of the packages that use it.
    noExternal: ['@penknife/machinery'],
    silent: true,
    ...options,
  });
}
