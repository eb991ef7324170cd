import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { corpus } from './corpus/index.js';
import { results } from './readme-example.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

it('shows an example that compiles and does what its comments say', () => {
  const shown = /```ts\n([\s\S]*?)```/.exec(read('../README.md'))![1]!;
  const run = read('./readme-example.ts')
    .replace(/^import type .*\n/m, '')
    .replace("'../src/index.js'", "'@penknife/lua'");
  expect(run).toContain(shown);
  expect(results).toEqual([[1, 'of 1'], { err: 'LIMIT too many hits' }]);
});

it('states the size of the corpus', () => {
  const count = Object.values(corpus).reduce((sum, cases) => sum + cases.length, 0);
  expect(read('../README.md')).toContain(`${count.toLocaleString('en')} recorded scripts`);
});
