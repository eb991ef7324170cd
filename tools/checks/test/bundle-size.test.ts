import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { budgetProblem, bundleSize, doors } from '../bundle-size.mjs';

const folder = mkdtempSync(join(tmpdir(), 'size-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('weighs what the door reaches, and nothing that comes from other packages', async () => {
  const noise = Array.from({ length: 300 }, (_, index) => (index * 7919 * 104_729).toString(36)).join('');
  const entry = join(folder, 'index.js');
  writeFileSync(join(folder, 'chunk.js'), `export const noise = '${noise}';\n`);
  writeFileSync(entry, "import { x } from '@penknife/core';\nexport const y = x;\n");
  const alone = await bundleSize(entry);
  writeFileSync(
    entry,
    "import { x } from '@penknife/core';\nexport { noise } from './chunk.js';\nexport const y = x;\n",
  );
  expect(alone).toBeLessThan(120);
  expect(await bundleSize(entry)).toBeGreaterThan(alone + noise.length / 3);
});

it('every way in is weighed, and what is no code is none', () => {
  const exports = {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './express': { types: './dist/express.d.ts', default: './dist/express.js' },
    './package.json': './package.json',
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: '@penknife/locks', exports }));
  expect(doors(folder)).toEqual([
    { specifier: '@penknife/locks', entry: join(folder, 'dist/index.js') },
    { specifier: '@penknife/locks/express', entry: join(folder, 'dist/express.js') },
  ]);
});

it('refuses a package above its budget, and one without a budget', () => {
  const budgets = { '@penknife/locks': 1000 };
  expect(budgetProblem('@penknife/locks', 1000, budgets)).toBeNull();
  expect(budgetProblem('@penknife/locks', 1001, budgets)).toContain(
    'weighs 1001 bytes gzipped, its budget is 1000',
  );
  expect(budgetProblem('@penknife/cache', 1, budgets)).toContain('has no budget');
});
