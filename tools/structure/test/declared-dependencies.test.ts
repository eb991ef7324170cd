import { expect, it } from 'vitest';
import { declaredDependencies } from '../rules/declared-dependencies.mjs';
import { findingsOf, manifest } from './planted-workspace.js';

function findings(fields: object, text: string, file = 'src/index.ts') {
  return findingsOf(declaredDependencies, {
    'packages/machinery/package.json': manifest('machinery', { private: true }),
    'packages/locks/package.json': manifest('locks', fields),
    [`packages/locks/${file}`]: text,
  });
}

it('refuses an import that package.json does not name', () => {
  expect(findings({}, "import 'vitest';", 'test/lock.test.ts')).toEqual([
    'packages/locks/test/lock.test.ts:1 vitest is not declared in packages/locks/package.json',
  ]);
  expect(findings({ devDependencies: { vitest: '1.0.0' } }, "import 'vitest';", 'test/lock.test.ts')).toEqual(
    [],
  );
});

it('refuses a source that ships and lives on a devDependency', () => {
  const fields = { devDependencies: { '@penknife/core': 'workspace:^' } };
  expect(findings(fields, "\nimport '@penknife/core';")).toEqual([
    'packages/locks/src/index.ts:2 @penknife/core is imported by a source but only a devDependency',
  ]);
  expect(findings({ dependencies: { '@penknife/core': 'workspace:^' } }, "import '@penknife/core';")).toEqual(
    [],
  );
});

it('lets a private sibling be a devDependency of a source: it is bundled', () => {
  const fields = { devDependencies: { '@penknife/machinery': 'workspace:*' } };
  expect(findings(fields, "import '@penknife/machinery';")).toEqual([]);
});

it('refuses a built-in module without its prefix', () => {
  expect(findings({}, "import fs from 'fs';")).toEqual([
    "packages/locks/src/index.ts:1 write 'node:fs' for the built-in module",
  ]);
});
