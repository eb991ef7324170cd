import { expect, it } from 'vitest';
import { unwantedText } from '../rules/unwanted-text.mjs';
import { findingsOf } from './planted-workspace.js';

// Put together here, so that this file does not hold what the rule refuses.
const absolute = (...parts: string[]): string => ['', ...parts].join('/');
const registry = (...labels: string[]): string => `https://${labels.join('.')}/thing`;

it.each([
  ['docs/page.md', `see ${absolute('work', 'main')}`],
  ['packages/core/test/a.test.ts', `const home = '${absolute('root', '.cache')}';`],
  ['tools/matrix/notes.md', `in ${absolute('home', 'someone', 'code')}`],
  ['README.md', `in ${absolute('Users', 'someone', 'code')}`],
  ['packages/core/src/a.ts', `const file = '${absolute('tmp', 'lock')}';`],
  ['pnpm-lock.yaml', `tarball: ${registry('registry', 'npmjs', 'org')}`],
  ['README.md', registry('npm', 'company', 'internal')],
])('refuses in %s: %s', (path, text) => {
  const findings = findingsOf(unwantedText, { [path]: `first line\n${text}\n` });
  expect(findings).toHaveLength(1);
  expect(findings[0]).toContain(`${path}:2 '`);
});

it.each([
  ['packages/core/src/a.ts', "import x from '../work/plan.js';"],
  ['packages/core/src/a.ts', '// a worker thread at https://example.com/work/plan'],
  ['packages/core/test/a.test.ts', `const socket = '${absolute('tmp', 'redis.sock')}';`],
  ['README.md', 'https://www.npmjs.com/package/ioredis'],
])('accepts in %s: %s', (path, text) => {
  expect(findingsOf(unwantedText, { [path]: text })).toEqual([]);
});
