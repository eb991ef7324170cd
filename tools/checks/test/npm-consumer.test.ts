import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { projectProblems } from '../npm-consumer.mjs';

let folder = '';
afterEach(() => rmSync(folder, { recursive: true }));

const consumer = (): Parameters<typeof projectProblems>[0] => ({
  name: 'planted',
  packages: ['@penknife/driver-memory'],
  needs: ['@penknife/core'],
  clients: [],
  readme: join(folder, 'README.md'),
});
const example = (...code: string[]): string =>
  ['```ts', "import { two } from '@penknife/driver-memory';", ...code, '```', ''].join('\n');
const memory = 'node_modules/@penknife/driver-memory';

/** A project as npm would have left it, with `files` planted over it. */
function problems(files: Record<string, string>): string[] {
  folder = mkdtempSync(join(tmpdir(), 'consumer-'));
  const project = {
    'package.json': '{ "type": "module" }',
    'README.md': example('console.log(two + 1);'),
    'node_modules/@types/node/package.json': '{ "name": "@types/node", "types": "index.d.ts" }',
    'node_modules/@types/node/index.d.ts': 'declare var console: { log(value: unknown): void };',
    'node_modules/@penknife/core/package.json': '{ "name": "@penknife/core" }',
    [`${memory}/package.json`]:
      '{ "name": "@penknife/driver-memory", "type": "module", "exports": { ".": { "types": "./index.d.ts", "default": "./index.js" } } }',
    [`${memory}/index.js`]: 'export const two = 2;',
    [`${memory}/index.d.ts`]: 'export declare const two: number;',
    ...files,
  };
  for (const [path, text] of Object.entries(project)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return projectProblems(consumer(), folder, 'redis://127.0.0.1:1');
}

it('finds nothing wrong in a sound project', { timeout: 60_000 }, () => {
  expect(problems({})).toEqual([]);
});

it('reports what nobody asked for, a door that does not open, and a README without an example', () => {
  const found = problems({
    'node_modules/ioredis/package.json': '{}',
    'node_modules/@penknife/cache/package.json': '{}',
    [`${memory}/index.js`]: "import './gone.js';",
    'README.md': '# Nothing\n',
  });
  expect(found).toEqual([
    expect.stringContaining('ioredis got installed'),
    expect.stringContaining('@penknife/cache got installed'),
    expect.stringContaining('a door does not open'),
    expect.stringContaining('has no example'),
  ]);
});

it('reports wrong types, declarations that need @types/node, and an example that throws', {
  timeout: 60_000,
}, () => {
  const found = problems({
    'README.md': example('const text: string = two;', "throw new Error('planted', { cause: text });"),
    [`${memory}/index.d.ts`]: 'export declare const two: number;\nexport declare const raw: Buffer;',
  });
  const inExample = expect.stringMatching(/^types .*example-0\.ts\(2,7\): error TS2322/);
  const inDeclarations = expect.stringMatching(/^types .*driver-memory\/index\.d\.ts\(2,27\): error/);
  expect(found).toContainEqual(inExample);
  expect(found).toContainEqual(inDeclarations);
  expect(found.at(-1)).toContain('Error: planted');
});
