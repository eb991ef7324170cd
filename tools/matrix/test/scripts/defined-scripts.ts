import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Script } from '@penknife/core';

const packages = resolve(dirname(fileURLToPath(import.meta.url)), '../../../../packages');

/** Modules that define scripts for themselves: the language, and the contract suite, which runs its own. */
const notPatterns = new Set([
  'core',
  'lua',
  'testing',
  'driver-memory',
  'driver-node-redis',
  'driver-ioredis',
]);

function sourceFiles(ending: string): readonly string[] {
  const patterns = readdirSync(packages).filter((name) => !notPatterns.has(name));
  return patterns.flatMap((name) =>
    readdirSync(join(packages, name, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(ending))
      .map((file) => join(packages, name, 'src', file)),
  );
}

/** The text of every `.lua` file of every pattern, by its path inside of `packages`. */
export function luaFiles(): ReadonlyMap<string, string> {
  return new Map(
    sourceFiles('.lua').map((file) => [file.slice(packages.length + 1), readFileSync(file, 'utf8')]),
  );
}

/**
 * Loads every module of a pattern that defines a script. What they define, exported or not, is seen by whoever stands in for
 * `defineScript`: the scripts as composed, with their fragments.
 */
export async function loadScriptModules(): Promise<void> {
  const modules = sourceFiles('.ts').filter((file) => readFileSync(file, 'utf8').includes('defineScript('));
  for (const file of modules) await import(pathToFileURL(file).href);
  await composeSubmits();
}

/** A submit is composed when a board first wants it: each of the ways it may be. */
async function composeSubmits(): Promise<void> {
  const file = join(packages, 'leaderboard/src/submit/submit-script.ts');
  const { submitScript } = (await import(pathToFileURL(file).href)) as {
    submitScript(layout: string, features: Readonly<Record<string, boolean>>): unknown;
  };
  const either = [false, true];
  for (const layout of ['packed', 'lexicographic'])
    for (const windows of either)
      for (const history of either)
        for (const passed of either)
          for (const drops of windows ? [true] : either)
            submitScript(layout, { windows, drops, history, passed });
}

/** The names of the commands that a script calls literally. */
export function commandsOf({ lua }: Script): readonly string[] {
  const calls = lua.matchAll(/redis\.p?call\(\s*['"]([A-Za-z]+)['"]/g);
  return [...new Set([...calls].map(([, name = '']) => name.toUpperCase()))];
}
