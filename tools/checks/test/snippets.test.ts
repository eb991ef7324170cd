import { expect, it } from 'vitest';
import { findSnippets } from '../snippets.mjs';
import { typecheckSnippets } from '../typecheck-snippets.mjs';

const page = (...lines: string[]): string => lines.join('\n');

it('finds ts blocks with their lines, indented ones too, and no other block', () => {
  const text = page(
    '# Title',
    '```sh',
    'npm test',
    '```',
    '- item',
    '  ```ts',
    '  const a = 1;',
    '    a;',
    '  ```',
    '~~~ts',
    'b;',
    '~~~',
  );
  expect(findSnippets('README.md', text)).toEqual({
    snippets: [
      { path: 'README.md', line: 7, code: 'const a = 1;\n  a;\n' },
      { path: 'README.md', line: 11, code: 'b;\n' },
    ],
    errors: [],
  });
});

it('does not take a fence inside a longer fence for a block', () => {
  expect(findSnippets('README.md', page('````md', '```ts', 'a;', '```', '````')).snippets).toEqual([]);
});

it.each(['ts no-check', 'typescript', 'js', 'tsx'])('refuses a block marked %s', (mark) => {
  const { errors } = findSnippets('README.md', page('text', `\`\`\`${mark}`, 'a;', '```'));
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatchObject({ path: 'README.md', line: 2 });
});

it('reports planted wrong snippets at the line of the page, and lets right ones pass', {
  timeout: 60_000,
}, () => {
  const { snippets } = findSnippets(
    'docs/page.md',
    page(
      '```ts',
      "import { defineKeys } from '@penknife/core';",
      "import { Redis } from 'ioredis';",
      "import { createClient } from 'redis';",
      "import Fastify from 'fastify';",
      'const app = await Promise.resolve(Fastify());',
      'export const all = [defineKeys, Redis, createClient, app];',
      '```',
      'and',
      '```ts',
      'const limit: number = 1;',
      "const wrong: number = 'text';",
      '```',
      '```ts',
      "import { nothingOfThatName } from '@penknife/core';",
      'const limit: string = nothingOfThatName;',
      '```',
    ),
  );
  const errors = typecheckSnippets(snippets);
  expect(errors.map(({ path, line }) => `${path}:${line}`)).toEqual(['docs/page.md:12', 'docs/page.md:15']);
  expect(errors[0]?.message).toContain("Type 'string' is not assignable to type 'number'");
  expect(errors[1]?.message).toContain('nothingOfThatName');
});
