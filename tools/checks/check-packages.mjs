// Checks what would be published: `node tools/checks/check-packages.mjs`. Builds, packs every package, and looks at the tarballs:
// publint, are-the-types-wrong, size budgets; knip over the workspace; then plain npm installs some of them as a user would.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { budgetProblem, bundleSize, doors } from './bundle-size.mjs';
import { run } from './captured-run.mjs';
import { binary, root } from './commands.mjs';
import { consumerProblems, consumers } from './npm-consumer.mjs';
import { buildPackages, packPackage } from './pack-packages.mjs';
import { startPrivateServer } from './private-server.mjs';
import { publishedPackages } from './published-packages.mjs';

const budgets = JSON.parse(readFileSync(join(root, 'tools/checks/size-budgets.json'), 'utf8'));
/** @type {string[]} */
const problems = [];
const all = publishedPackages();
const ready = all.filter(({ stub }) => !stub);
for (const { name } of all.filter(({ stub }) => stub)) console.log(`skipped: ${name} is an empty stub`);

/** @param {string} what @param {import('./captured-run.mjs').CapturedRun} result */
function expectSuccess(what, { status, output }) {
  if (status !== 0) problems.push(`${what} failed:\n${output.trim()}`);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${what}`);
  return status === 0;
}

const folder = mkdtempSync(join(tmpdir(), 'penknife-packages-'));
/** @type {Map<string, string>} package name to tarball */
const tarballs = new Map();
try {
  expectSuccess('build', buildPackages(ready.map(({ name }) => name)));
  for (const source of ready) await checkPackage(source);
  expectSuccess(
    'knip',
    run([...binary('knip'), '--no-progress', '--no-config-hints', ...finishedWorkspaces()], root),
  );
  expectSuccess(
    'release, rehearsed',
    run([process.execPath, join(root, 'tools/checks/rehearse-release.mjs')], root),
  );
  const server = await startPrivateServer();
  for (const consumer of consumers) {
    const missing = [...consumer.packages, ...consumer.needs].filter((name) => !tarballs.has(name));
    if (missing.length > 0) {
      console.log(`skipped: npm consumer '${consumer.name}': no tarball of ${missing.join(', ')}`);
      continue;
    }
    const found = consumerProblems(consumer, tarballs, folder, server.url);
    problems.push(...found.map((problem) => `npm consumer '${consumer.name}': ${problem}`));
    console.log(`${found.length === 0 ? 'ok    ' : 'FAILED'} npm consumer '${consumer.name}'`);
  }
  await server.stop();
} finally {
  rmSync(folder, { recursive: true });
}
for (const problem of problems) console.log(`\n${problem}`);
console.log(
  `\npackages: ${ready.length} checked, ${all.length - ready.length} skipped, ${problems.length} problems`,
);
process.exitCode = problems.length > 0 ? 1 : 0;

/** Knip's filter for all but the stubs: what a stub declares, it does not use yet. */
function finishedWorkspaces() {
  const folders = ['apps', 'tools'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}`),
  );
  const packages = ready.map(({ folder: source }) => relative(root, source).replaceAll('\\', '/'));
  return ['.', ...folders, ...packages]
    .filter((path) => existsSync(join(root, path, 'package.json')))
    .flatMap((path) => ['--workspace', path]);
}

/** @param {import('./published-packages.mjs').PublishedPackage} published */
async function checkPackage(published) {
  const { name, folder: source } = published;
  const { result, tarball } = packPackage(published, folder);
  if (!expectSuccess(`${name}: pack`, result)) return;
  tarballs.set(name, tarball);
  expectSuccess(`${name}: publint`, run([...binary('publint'), tarball, '--strict'], source));
  expectSuccess(
    `${name}: types`,
    run([...binary('attw'), tarball, '--profile', 'esm-only', '--no-color'], source),
  );
  for (const { specifier, entry } of doors(source)) {
    try {
      const bytes = await bundleSize(entry);
      const problem = budgetProblem(specifier, bytes, budgets);
      if (problem !== null) problems.push(problem);
      console.log(`${problem === null ? 'ok    ' : 'FAILED'} ${specifier}: size ${bytes} bytes`);
    } catch (error) {
      problems.push(`${specifier}: no size: ${error instanceof Error ? error.message : error}`);
    }
  }
}
