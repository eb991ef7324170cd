// What a package weighs for who imports it, by each of its doors: bundled and minified without its siblings and peers, gzipped.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/**
 * @param {string} entry a built file, `dist/index.js`
 * @returns {Promise<number>} bytes after gzip; what comes from other packages is not counted
 */
export async function bundleSize(entry) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'silent',
  });
  return outputFiles.reduce((total, file) => total + gzipSync(file.contents).byteLength, 0);
}

/**
 * What a package can be imported by, and the built file behind it.
 * @param {string} folder of the package
 * @returns {{ specifier: string, entry: string }[]}
 */
export function doors(folder) {
  const { name, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.entries(exports).flatMap(([path, target]) =>
    typeof target === 'string'
      ? []
      : [{ specifier: `${name}${path.slice(1)}`, entry: join(folder, target.default) }],
  );
}

/**
 * @param {string} name
 * @param {number} bytes
 * @param {Readonly<Record<string, number>>} budgets bytes by what is imported
 * @returns {string | null} what is wrong, if anything
 */
export function budgetProblem(name, bytes, budgets) {
  const budget = budgets[name];
  if (budget === undefined)
    return `${name} has no budget in tools/checks/size-budgets.json; it weighs ${bytes} bytes`;
  return bytes > budget ? `${name} weighs ${bytes} bytes gzipped, its budget is ${budget}` : null;
}
