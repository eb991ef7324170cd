// Compiles every `ts` block of the documentation: `node tools/checks/compile-snippets.mjs [file.md …]`. Code in a README
// that nobody compiles is wrong sooner or later. Errors name the Markdown file and the line.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { root } from './commands.mjs';
import { findSnippets } from './snippets.mjs';
import { typecheckSnippets } from './typecheck-snippets.mjs';

const paths = process.argv.length > 2 ? process.argv.slice(2).map((path) => resolve(path)) : documentation();
const found = paths.map((path) => {
  const name = relative(root, path).replaceAll('\\', '/');
  return findSnippets(name, readFileSync(path, 'utf8'));
});
const snippets = found.flatMap((file) => file.snippets);
const errors = [...found.flatMap((file) => file.errors), ...typecheckSnippets(snippets)];
for (const { path, line, message } of errors) console.log(`${path}:${line} ${message}`);
console.log(`snippets: ${snippets.length} blocks in ${paths.length} files, ${errors.length} errors`);
process.exitCode = errors.length > 0 ? 1 : 0;

/** The root's pages, each package's README and all of docs. */
function documentation() {
  const readmes = readdirSync(join(root, 'packages')).map((name) =>
    join(root, 'packages', name, 'README.md'),
  );
  const pages = readdirSync(root).filter((name) => name.endsWith('.md'));
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
    .map((name) => join(root, 'docs', name));
  return [...pages.map((name) => join(root, name)), ...readmes.filter((path) => existsSync(path)), ...docs];
}
