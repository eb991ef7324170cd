// Rehearses the release on a copy: `node tools/checks/rehearse-release.mjs`. Runs `changeset version` there and looks at what came
// of it; the working tree is not touched. With no changeset there is nothing to rehearse.
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './captured-run.mjs';
import { root } from './commands.mjs';
import { readRelease, releaseProblems } from './release-state.mjs';

const copy = mkdtempSync(join(tmpdir(), 'penknife-release-'));
/** @type {string[]} */
let problems = [];
try {
  copyManifests();
  const before = readRelease(copy);
  if (before.changesets.length === 0) console.log('release: no changeset, nothing to rehearse');
  else {
    problems = rehearse(before);
    const after = readRelease(copy);
    for (const [name, { version }] of after.packages) console.log(`  ${name} ${version}`);
  }
} finally {
  rmSync(copy, { recursive: true });
}
for (const problem of problems) console.log(problem);
console.log(`release: ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** All manifests and the changesets, and a history of one commit: changesets look for the commits that brought them. */
function copyManifests() {
  const folders = ['packages', 'apps', 'tools'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}/package.json`),
  );
  for (const path of ['package.json', 'pnpm-workspace.yaml', '.changeset', ...folders])
    if (existsSync(join(root, path))) cpSync(join(root, path), join(copy, path), { recursive: true });
  const who = ['-c', 'user.name=rehearsal', '-c', 'user.email=rehearsal@localhost'];
  for (const args of [
    ['init', '-q', '-b', 'main'],
    ['add', '.'],
    [...who, 'commit', '-q', '-m', 'all'],
  ]) {
    const { status, output } = run(['git', ...args], copy);
    if (status !== 0) throw new Error(`git ${args[0]} failed:\n${output}`);
  }
}

/** @param {import('./release-state.mjs').ReleaseState} before @returns {string[]} */
function rehearse(before) {
  const changeset = join(root, 'node_modules/@changesets/cli/bin.js');
  const { status, output } = run([process.execPath, changeset, 'version'], copy);
  if (status !== 0) return [`changeset version failed:\n${output}`];
  return releaseProblems(before, readRelease(copy));
}
