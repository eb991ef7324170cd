// Publishes what the registry does not have yet: `node tools/checks/publish-packages.mjs [--by-hand] [--dry-run]`. Packed by pnpm, which puts
// versions where `workspace:` and `catalog:` stand; published by npm, which trades the workflow's identity for the right to do so and
// attaches the provenance. A package comes after those that it depends on. Then every release gets its tag. `--by-hand` is for the
// first release of a package, from a machine where `npm login` was done: a trusted publisher can only be set for one that is there.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './captured-run.mjs';
import { root } from './commands.mjs';
import { buildPackages, packPackage } from './pack-packages.mjs';
import { dependenciesFirst, publishedPackages } from './published-packages.mjs';

const rehearsal = process.argv.includes('--dry-run');
const byHand = process.argv.includes('--by-hand');
const packages = dependenciesFirst(publishedPackages().filter(({ stub }) => !stub));
if (!rehearsal && !byHand) refuseUnknown(packages.map(({ name }) => name));
const folder = mkdtempSync(join(tmpdir(), 'penknife-publish-'));
try {
  succeed('build', buildPackages(packages.map(({ name }) => name)));
  for (const published of packages) publish(published);
} finally {
  rmSync(folder, { recursive: true });
}
if (!rehearsal) {
  const changeset = join(root, 'node_modules/@changesets/cli/bin.js');
  // The release action reads the new tags from what this prints.
  console.log(succeed('tags', run([process.execPath, changeset, 'tag'], root)));
}

/** @param {import('./published-packages.mjs').PublishedPackage} published */
function publish(published) {
  const { version } = JSON.parse(readFileSync(join(published.folder, 'package.json'), 'utf8'));
  const release = `${published.name}@${version}`;
  if (!rehearsal && run(['npm', 'view', release, 'version'], folder).output.trim() === version) {
    console.log(`there    ${release}`);
    return;
  }
  const { result, tarball } = packPackage(published, folder);
  succeed(`pack ${release}`, result);
  const options = [
    '--access',
    'public',
    ...(rehearsal ? ['--dry-run'] : []),
    ...(rehearsal || byHand ? [] : ['--provenance']),
  ];
  succeed(`publish ${release}`, run(['npm', 'publish', tarball, ...options], folder));
  console.log(`${rehearsal ? 'rehearsed' : 'published'} ${release}`);
}

/** Before anything is published: the workflow could publish some, and would fail at the first that is new. @param {readonly string[]} names */
function refuseUnknown(names) {
  const unknown = names.filter((name) => /E404/.test(run(['npm', 'view', name, 'name'], root).output));
  if (unknown.length > 0)
    throw new Error(
      `never published: ${unknown.join(', ')}. Publish them once with --by-hand, then set their trusted publisher`,
    );
}

/** @param {string} what @param {import('./captured-run.mjs').CapturedRun} result */
function succeed(what, { status, output }) {
  if (status !== 0) throw new Error(`${what} failed:\n${output}`);
  return output;
}
