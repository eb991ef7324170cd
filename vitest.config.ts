import { defineConfig } from 'vitest/config';
import { textForVite } from './tools/config/text-plugin.js';

// Neither 'import' nor 'require': workers are told of these for every resolution, and CommonJS would get ES modules.
const conditions = ['@penknife/source', 'module', 'node', 'default'];

export default defineConfig({
  plugins: [textForVite()],
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages,apps,tools}/*/test/**/*.test.ts', '{packages,apps}/*/src/**/*.test.ts'],
    typecheck: { include: ['packages/*/test/**/*.test-d.ts'] },
    globalSetup: ['./tools/redis-servers/src/vitest-setup.ts'],
    css: true,
    pool: 'forks',
    maxWorkers: 2,
    // The files of a worker share its modules: loading them for each file anew took a fifth of the whole run. Decision 0049.
    isolate: false,
    // One second try, under CI only, and never silent: the reporter names every test that needed it.
    retry: process.env.CI === 'true' ? 1 : 0,
    // The full tier's cases are the same, longer: more seeds, more rounds.
    testTimeout: process.env.PENKNIFE_TIER === 'full' ? 180_000 : 15_000,
    hookTimeout: 30_000,
    coverage: { include: ['packages/*/src/**'] },
  },
});
