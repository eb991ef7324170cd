// Tries the packed packages on every runtime: `node tools/checks/test-runtimes.mjs [part of a runtime's name …]`. Packs them, lets
// npm install them into an empty project with both clients, and runs a smoke test there: every door is opened, and the memory
// driver and both clients on a private server are tried. A runtime that the registry does not give is a failure that says so.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './captured-run.mjs';
import { root } from './commands.mjs';
import { buildPackages, packPackage } from './pack-packages.mjs';
import { startPrivateServer } from './private-server.mjs';
import { publishedPackages } from './published-packages.mjs';
import { runtimes } from './runtimes.mjs';
import { catalogVersion } from './workspace-versions.mjs';

const wanted = process.argv.slice(2);
const chosen = runtimes.filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.toLowerCase().includes(part.toLowerCase())),
);
const packages = publishedPackages().filter(({ stub }) => !stub);
const folder = mkdtempSync(join(tmpdir(), 'penknife-runtimes-'));
let failed = chosen.length === 0 ? 1 : 0;
try {
  const project = prepareProject();
  const server = await startPrivateServer();
  for (const { name, command } of chosen) {
    const problem = smokeProblem(project, command, server.url);
    if (problem !== null) failed += 1;
    console.log(problem === null ? `ok     ${name}` : `FAILED ${name}: ${problem}`);
  }
  await server.stop();
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`runtimes: ${chosen.length} tried, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** An npm project with the tarballs and all of their peers. */
function prepareProject() {
  expectSuccess('build', buildPackages(packages.map(({ name }) => name)));
  const own = packages.map((source) => {
    const { result, tarball } = packPackage(source, folder);
    expectSuccess(`pack ${source.name}`, result);
    return [source.name, `file:${tarball}`];
  });
  const peers = packages.flatMap(({ folder: source }) => {
    const { peerDependencies = {} } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
    return Object.entries(peerDependencies).map(([name, range]) => [name, catalogVersion(name) ?? range]);
  });
  const project = join(folder, 'project');
  mkdirSync(project);
  const manifest = {
    name: 'smoke',
    private: true,
    type: 'module',
    dependencies: Object.fromEntries([...own, ...peers]),
    overrides: Object.fromEntries(own),
  };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest, null, 2));
  copyFileSync(join(root, 'tools/checks/smoke/smoke.mjs'), join(project, 'smoke.mjs'));
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
  expectSuccess('npm install', run(['npm', 'install', ...options], project));
  return project;
}

/** @param {string} what @param {import('./captured-run.mjs').CapturedRun} result */
function expectSuccess(what, { status, output }) {
  if (status !== 0) throw new Error(`${what} failed:\n${output}`);
}

/** Every door that the packages' manifests name. */
function doors() {
  return packages.flatMap(({ name, folder: source }) => {
    const { exports } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
    return Object.keys(exports)
      .filter((door) => !door.endsWith('.json'))
      .map((door) => name + door.slice(1));
  });
}

/** @param {string} project @param {readonly string[]} command @param {string} url @returns {string | null} */
function smokeProblem(project, command, url) {
  const { status, output } = run([...command, 'smoke.mjs', url, ...doors()], project);
  if (status === 0 && output.includes(`"doors":${doors().length}`)) {
    console.log(`       ${output.trim().split('\n').at(-1)}`);
    return null;
  }
  const absent = run([...command.slice(0, command.indexOf('--') + 2), '--version'], project);
  return absent.status === 0
    ? `the smoke test ended with ${status}:\n${output}`
    : `the npm registry does not give it here:\n${absent.output}`;
}
