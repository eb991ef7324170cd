import { expect, it } from 'vitest';
import { findCircles } from '../find-circles.mjs';
import { circles } from '../rules/circles.mjs';
import { findingsOf, manifest } from './planted-workspace.js';

it('refuses a circle between the files of a package, also one of types', () => {
  expect(
    findingsOf(circles, {
      'packages/core/src/a.ts': "// first\nimport { b } from './b.js';",
      'packages/core/src/b.ts': "import type { C } from './deep/c.js';",
      'packages/core/src/deep/c.ts': "export { a } from '../a.js';",
    }),
  ).toEqual(['packages/core/src/a.ts:2 import circle: src/a.ts -> src/b.ts -> src/deep/c.ts -> src/a.ts']);
});

it('refuses a circle between packages through devDependencies', () => {
  const findings = findingsOf(circles, {
    'packages/locks/package.json': manifest('locks', {
      devDependencies: { '@penknife/matrix': 'workspace:*' },
    }),
    'tools/matrix/package.json': {
      name: '@penknife/matrix',
      dependencies: { '@penknife/locks': 'workspace:*' },
    },
  });
  expect(findings).toHaveLength(1);
  expect(findings[0]).toContain('packages/locks/package.json:');
  expect(findings[0]).toContain('@penknife/locks -> @penknife/matrix -> @penknife/locks');
});

it('accepts a diamond', () => {
  expect(
    findingsOf(circles, {
      'packages/core/src/a.ts': "import './b.js';\nimport './c.js';",
      'packages/core/src/b.ts': "import './d.js';",
      'packages/core/src/c.ts': "import './d.js';",
      'packages/core/src/d.ts': 'export const d = 1;',
    }),
  ).toEqual([]);
});

it('reports every tangled group once, by a shortest way round', () => {
  const graph = new Map([
    ['a', ['b', 'c']],
    ['b', ['c']],
    ['c', ['a']],
    ['x', ['y']],
    ['y', ['x', 'a']],
    ['self', ['self']],
  ]);
  expect(findCircles(graph)).toEqual([['a', 'c'], ['self'], ['x', 'y']]);
});
