import { expect, it } from 'vitest';
import { type ReleasedPackage, type ReleaseState, releaseProblems } from '../release-state.mjs';

const one = (version: string, more: Partial<ReleasedPackage> = {}): ReleasedPackage => ({
  version,
  private: false,
  changelog: `# changes\n\n## ${version}\n`,
  dependencies: {},
  ...more,
});
const state = (packages: Record<string, ReleasedPackage>, ...changesets: string[]): ReleaseState => ({
  packages: new Map(Object.entries(packages)),
  changesets,
});

it('finds nothing wrong with a sound release', () => {
  const before = state({ a: one('0.0.0'), b: one('0.0.0'), app: one('0.0.0', { private: true }) }, 'a');
  const after = state({ a: one('0.1.0'), b: one('0.0.0'), app: one('0.0.0', { private: true }) });
  expect(releaseProblems(before, after)).toEqual([]);
});

it.each<[string, ReleaseState, ReleaseState]>([
  ['no package', state({ a: one('0.0.0') }, 'gone'), state({ a: one('0.0.0') })],
  ['are left', state({ a: one('0.0.0') }, 'a'), state({ a: one('0.1.0') }, 'a')],
  [
    'is private',
    state({ a: one('0.0.0', { private: true }) }),
    state({ a: one('0.0.1', { private: true }) }),
  ],
  ['was not released', state({ a: one('0.0.0') }, 'a'), state({ a: one('0.0.0') })],
  ['no entry', state({ a: one('0.0.0') }, 'a'), state({ a: one('0.1.0', { changelog: null }) })],
  ['before 1.0', state({ a: one('0.1.0') }, 'a'), state({ a: one('1.0.0') })],
  [
    'not by workspace:',
    state({ a: one('0.0.0') }, 'a'),
    state({ a: one('0.1.0', { dependencies: { b: '^0.1.0' } }) }),
  ],
])('reports: %s', (words, before, after) => {
  expect(releaseProblems(before, after)).toEqual([expect.stringContaining(words)]);
});
