import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

// The workflows run where no test of ours does. What they name here has to be here.
const root = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const folder = '.github/workflows/';
const workflows = readdirSync(new URL(folder, root)).map((name) => [name, read(`${folder}${name}`)] as const);
const manifest = JSON.parse(read('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
};

/** What a workflow names that is not there: scripts of `npm run`, files that are run or used, and jobs that are needed. */
function missing(text: string): string[] {
  const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
  const body = lines.join('\n');
  const scripts = [...body.matchAll(/npm run (\S+)/g)].map(([, name = '']) => name);
  const runs = [...body.matchAll(/run: (\.\S+)/g)].map(([, path = '']) => path);
  const uses = [...body.matchAll(/uses: \.\/(\S+)/g)].map(([, path = '']) => path);
  const jobs = [...body.slice(body.search(/^jobs:/m)).matchAll(/^ {2}([\w-]+):$/gm)].map(([, job]) => job);
  const needs = [...body.matchAll(/^ {4}needs: (.+)$/gm)].flatMap(
    ([, list = '']) => list.match(/[\w-]+/g) ?? [],
  );
  return [
    ...scripts.filter((name) => !Object.hasOwn(manifest.scripts, name)).map((name) => `script ${name}`),
    ...runs.filter((path) => !isThere(path, constants.X_OK)).map((path) => `program ${path}`),
    ...uses.filter((path) => !isThere(path, constants.R_OK)).map((path) => `workflow ${path}`),
    ...uses
      .filter((path) => isThere(path, constants.R_OK) && !/^ {2}workflow_call:/m.test(read(path)))
      .map((path) => `workflow_call in ${path}`),
    ...needs.filter((job) => !jobs.includes(job)).map((job) => `job ${job}`),
    ...(/\t/.test(body) ? ['blanks for tabs'] : []),
  ];
}

function isThere(path: string, mode: number): boolean {
  try {
    accessSync(fileURLToPath(new URL(path, root)), mode);
    return true;
  } catch {
    return false;
  }
}

describe('the workflows', () => {
  it.each(workflows)('%s names only what is there', (_, text) => {
    expect(missing(text)).toEqual([]);
  });

  it('what is not there would be told', () => {
    const planted = `jobs:
  one:
    needs: [two, none]
    steps:
      - run: npm run lost
      - run: .ci/lost
  two:
    uses: ./.github/workflows/lost.yml
  three:
    uses: ./.github/workflows/release.yml`;
    expect(missing(planted)).toEqual([
      'script lost',
      'program .ci/lost',
      'workflow .github/workflows/lost.yml',
      'workflow_call in .github/workflows/release.yml',
      'job none',
    ]);
  });

  it('the check runs on the lowest Node that the packages allow, and on the later ones', () => {
    const [, list = ''] = /node: \[(.*)\]/.exec(read(`${folder}test.yml`)) ?? [];
    const versions = list.split(',').map((version) => version.trim().replaceAll('"', ''));
    expect(`>=${versions[0]}`).toBe(manifest.engines.node);
    expect(versions).toEqual(['20.19.0', '22', '24', '26']);
  });

  it('a release is published with what trusted publishing needs, and only what passed on every runtime and in the full run', () => {
    const text = read(`${folder}release.yml`);
    for (const needed of [
      'id-token: write',
      'needs: [test, full]',
      'environment: npm',
      'npm run release:check',
    ])
      expect(text).toContain(needed);
  });
});
