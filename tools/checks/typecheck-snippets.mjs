// Type-checks snippets in one run of tsc. Each becomes a module of its own in a folder below this package's node_modules:
// from there `@penknife/*` resolves to sources and the clients and frameworks to this package's devDependencies.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binary } from './commands.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const repository = resolve(here, '../..');

/**
 * @param {readonly import('./snippets.mjs').Snippet[]} snippets
 * @returns {import('./snippets.mjs').SnippetError[]} errors at the Markdown's lines. What tsc finds in the packages' own
 * sources is not repeated here: their type check reports it.
 */
export function typecheckSnippets(snippets) {
  if (snippets.length === 0) return [];
  const cache = join(here, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'snippets-'));
  try {
    return runCompiler(folder, snippets);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string} folder @param {readonly import('./snippets.mjs').Snippet[]} snippets */
function runCompiler(folder, snippets) {
  const files = snippets.map((_snippet, index) => `snippet-${index}.mts`);
  for (const [index, { code }] of snippets.entries()) {
    writeFileSync(join(folder, `snippet-${index}.mts`), `${code}export {};\n`);
  }
  const toRoot = (/** @type {string} */ path) =>
    relative(folder, resolve(repository, path)).replaceAll('\\', '/');
  const config = {
    extends: toRoot('tsconfig.base.json'),
    compilerOptions: {
      noEmit: true,
      declaration: false,
      isolatedDeclarations: false,
      typeRoots: ['../../@types'],
    },
    files,
    include: [toRoot('tools/config/*.d.ts')],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const [command, ...args] = binary('tsc');
  const result = spawnSync(command, [...args, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (result.error) throw result.error;
  const errors = readErrors(result.stdout, snippets);
  const inSources = /^\S.*\(\d+,\d+\): error/m.test(result.stdout);
  if (result.status !== 0 && errors.length === 0 && !inSources) {
    throw new Error(`tsc ended with ${result.status} and named no file:\n${result.stdout}${result.stderr}`);
  }
  return errors;
}

/** @param {string} output @param {readonly import('./snippets.mjs').Snippet[]} snippets */
function readErrors(output, snippets) {
  return Array.from(
    output.matchAll(/^(\S*snippet-\d+\.mts)\((\d+),\d+\): error (.*(?:\n[ \t]+.*)*)/gm),
  ).flatMap((match) => {
    const [, file = '', line = '0', message = ''] = match;
    const snippet = snippets[Number(/\d+/.exec(basename(file))?.[0])];
    return snippet === undefined
      ? []
      : [{ path: snippet.path, line: snippet.line + Number(line) - 1, message }];
  });
}
