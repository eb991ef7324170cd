// Who may import whom. Core imports nothing, a driver core, a pattern core and machinery; tests are freer than sources.
import { posix } from 'node:path';
import { partOf } from '../workspace.mjs';

const RULE = 'import-layers';
const TEST_ONLY = new Set(['@penknife/testing', '@penknife/matrix', '@penknife/redis-servers']);

/** What the shipped sources of each kind may import besides `node:` and themselves. `null`: no limit here. */
const ALLOWED = /** @type {Record<import('../workspace.mjs').Kind, readonly string[] | null>} */ ({
  core: [],
  driver: ['@penknife/core'],
  memory: ['@penknife/core', '@penknife/lua'],
  lua: [],
  testing: ['@penknife/core'],
  machinery: ['@penknife/core'],
  pattern: ['@penknife/core', '@penknife/machinery'],
  tool: null,
  app: null,
});

/** Libraries from elsewhere that a package's sources may import: each a decision of its own. */
const WORTH_ITS_WEIGHT = /** @type {Readonly<Record<string, readonly string[]>>} */ ({
  // The tier in the process: a bounded, well-kept LRU is not what this project is for.
  '@penknife/cache': ['lru-cache'],
  // The language of cron, and the two changes of clocks a year; and an optional peer, of ./otel alone.
  '@penknife/streams': ['croner', '@opentelemetry/api'],
});

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function importLayers(workspace) {
  const apps = new Set(workspace.packages.filter((owner) => owner.kind === 'app').map((owner) => owner.name));
  return workspace.packages.flatMap((owner) =>
    owner.files.flatMap((file) =>
      file.imports.flatMap((imported) => {
        const message = refusal(owner, file, imported, apps);
        return message === null ? [] : [{ path: file.path, line: imported.line, rule: RULE, message }];
      }),
    ),
  );
}

/**
 * @param {import('../workspace.mjs').WorkspacePackage} owner
 * @param {import('../workspace.mjs').TextFile} file
 * @param {import('../imports.mjs').Import} imported
 * @param {ReadonlySet<string>} apps
 */
function refusal(owner, file, imported, apps) {
  const { specifier, packageName } = imported;
  const part = partOf(owner, file);
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(file.path), specifier);
    // The matrix compares recorded fixtures of other packages with live servers; a test folder has no name to import.
    if (owner.name === '@penknife/matrix' && part === 'test' && /^packages\/[^/]+\/test\//.test(target))
      return null;
    if (!target.startsWith(`${owner.folder}/`))
      return `'${specifier}' leaves ${owner.folder}: import the package by its name`;
    const intoTest = part === 'src' && target.startsWith(`${owner.folder}/test/`);
    return intoTest ? `'${specifier}': a source imports a test` : null;
  }
  if (packageName === null || packageName === owner.name) return null;
  if (apps.has(packageName)) return `${packageName} is an app: nothing imports apps`;
  if (part !== 'src') return null;
  if (TEST_ONLY.has(packageName) && owner.folder.startsWith('packages/'))
    return `${packageName} is for tests only`;
  const allowed = ALLOWED[owner.kind];
  if (allowed === null || allowed.includes(packageName)) return null;
  if (WORTH_ITS_WEIGHT[owner.name]?.includes(packageName)) return null;
  const list = allowed.length === 0 ? 'nothing' : allowed.join(', ');
  return `${owner.name} imports ${packageName}; the sources of a ${owner.kind} package may import ${list}`;
}
