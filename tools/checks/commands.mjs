// How to start the workspace's tools and package managers from a script, on every platform.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** @typedef {[command: string, ...args: string[]]} CommandLine */

const PACKAGES = /** @type {Record<string, string>} */ ({
  biome: '@biomejs/biome',
  tsc: 'typescript',
  attw: '@arethetypeswrong/cli',
});

/**
 * The command line of a tool that the root installs, run by this Node and not through a shell.
 * @param {'biome' | 'tsc' | 'turbo' | 'vitest' | 'publint' | 'attw' | 'knip'} name
 * @returns {CommandLine}
 */
export function binary(name) {
  const folder = join(root, 'node_modules', PACKAGES[name] ?? name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const path = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[name];
  return [process.execPath, join(folder, path)];
}

/**
 * The pinned pnpm: the one on PATH when it is that version, else by npx.
 * @returns {CommandLine}
 */
export function pnpm() {
  const pin = createRequire(import.meta.url)(join(root, 'package.json')).packageManager.split('@')[1];
  const found = spawnSync('pnpm', ['--version'], { cwd: root, encoding: 'utf8', shell: onWindows });
  return found.stdout?.trim() === pin ? ['pnpm'] : ['npx', '--yes', `pnpm@${pin}`];
}

/** npm and pnpm are command scripts on Windows, which only a shell starts. */
const onWindows = process.platform === 'win32';
