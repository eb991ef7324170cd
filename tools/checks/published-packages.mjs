// The packages that go to the registry, and what is known of them before anything is built.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './commands.mjs';

/**
 * @typedef {object} PublishedPackage
 * @property {string} name
 * @property {string} folder absolute
 * @property {boolean} stub its index exports nothing yet: there is nothing to check
 */

/** @returns {PublishedPackage[]} */
export function publishedPackages() {
  return readdirSync(join(root, 'packages')).flatMap((entry) => {
    const folder = join(root, 'packages', entry);
    const path = join(folder, 'package.json');
    if (!existsSync(path)) return [];
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    if (manifest.private === true) return [];
    const index = join(folder, 'src/index.ts');
    const stub = !existsSync(index) || /^\s*export\s*\{\s*\};?\s*$/.test(readFileSync(index, 'utf8'));
    return [{ name: manifest.name, folder, stub }];
  });
}

/**
 * A package after those of the list that it depends on.
 * @template {{ readonly name: string, readonly folder: string }} P
 * @param {readonly P[]} packages
 * @returns {P[]}
 */
export function dependenciesFirst(packages) {
  /** @type {Set<P>} */
  const done = new Set();
  const add = (/** @type {P} */ each) => {
    const { dependencies = {} } = JSON.parse(readFileSync(join(each.folder, 'package.json'), 'utf8'));
    for (const other of packages) if (other.name in dependencies && !done.has(other)) add(other);
    done.add(each);
  };
  packages.forEach(add);
  return [...done];
}
