// Builds and packs what would be published.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './captured-run.mjs';
import { pnpm, root } from './commands.mjs';

/** Builds packages with what they need. @param {readonly string[]} names */
export function buildPackages(names) {
  const filters = names.map((name) => `--filter=${name}`);
  const turbo = ['exec', 'turbo', 'run', 'build', ...filters];
  return run([...pnpm(), ...turbo, '--output-logs=errors-only', '--concurrency=2', '--continue'], root);
}

/**
 * Packs one package into a folder of its own below `parent`.
 * @param {{ readonly name: string, readonly folder: string }} source
 * @param {string} parent
 * @returns {{ result: import('./captured-run.mjs').CapturedRun, tarball: string }}
 */
export function packPackage({ name, folder }, parent) {
  const destination = join(parent, name.replace('/', '-'));
  mkdirSync(destination);
  const result = run([...pnpm(), 'pack', '--pack-destination', destination], folder);
  const file = readdirSync(destination).find((each) => each.endsWith('.tgz')) ?? '';
  return { result, tarball: join(destination, file) };
}
