// What a release changes: versions, changelogs, and the changesets that are used up.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} ReleasedPackage
 * @property {string} version
 * @property {boolean} private
 * @property {string | null} changelog
 * @property {Record<string, string>} dependencies on packages of the workspace
 */
/**
 * @typedef {object} ReleaseState
 * @property {ReadonlyMap<string, ReleasedPackage>} packages by name
 * @property {readonly string[]} changesets names of packages that a changeset asks to release
 */

/** @param {string} root @returns {ReleaseState} */
export function readRelease(root) {
  const packages = ['packages', 'apps', 'tools'].flatMap((group) =>
    readdirSync(join(root, group))
      .map((name) => join(root, group, name))
      .filter((folder) => existsSync(join(folder, 'package.json')))
      .map(readPackage),
  );
  return { packages: new Map(packages), changesets: readChangesets(join(root, '.changeset')) };
}

/** @param {string} folder @returns {[string, ReleasedPackage]} */
function readPackage(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const changelog = join(folder, 'CHANGELOG.md');
  const own = Object.entries(manifest.dependencies ?? {}).filter(([name]) => name.startsWith('@penknife/'));
  return [
    manifest.name,
    {
      version: manifest.version,
      private: manifest.private === true,
      changelog: existsSync(changelog) ? readFileSync(changelog, 'utf8') : null,
      dependencies: Object.fromEntries(own),
    },
  ];
}

/** @param {string} folder */
function readChangesets(folder) {
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  return texts.flatMap((text) =>
    Array.from(text.matchAll(/^["'](@[^"']+)["']:/gm), (match) => match[1] ?? ''),
  );
}

/**
 * What is wrong with what `changeset version` made of a workspace.
 * @param {ReleaseState} before
 * @param {ReleaseState} after
 * @returns {string[]}
 */
export function releaseProblems(before, after) {
  /** @type {string[]} */
  const problems = [];
  for (const name of new Set(before.changesets)) {
    if (!before.packages.has(name)) problems.push(`a changeset names ${name}, which is no package`);
  }
  if (after.changesets.length > 0) problems.push(`changesets are left for ${after.changesets.join(', ')}`);
  for (const [name, { version, private: hidden, changelog, dependencies }] of after.packages) {
    const had = before.packages.get(name);
    const changed = had?.version !== version;
    if (hidden && changed) problems.push(`${name} is private and got version ${version}`);
    if (!hidden && before.changesets.includes(name) && !changed) problems.push(`${name} was not released`);
    if (!hidden && changed && !changelog?.includes(`## ${version}`))
      problems.push(`${name} ${version} has no entry in its changelog`);
    if (version.startsWith('1.') && had?.version.startsWith('0.'))
      problems.push(`${name} would become ${version}: before 1.0 a breaking change is a minor bump`);
    for (const [other, range] of Object.entries(dependencies)) {
      if (!range.startsWith('workspace:'))
        problems.push(`${name} depends on ${other} by ${range}, not by workspace:`);
    }
  }
  return problems;
}
