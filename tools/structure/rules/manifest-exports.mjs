// The doors of a published package: source condition first in the workspace, and the same doors without it when published.
import { lineOf } from '../workspace.mjs';

const SOURCE = '@penknife/source';

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function manifestExports(workspace) {
  return workspace.packages
    .filter((owner) => owner.folder.startsWith('packages/') && owner.manifest.private !== true)
    .flatMap((owner) => {
      const path = `${owner.folder}/package.json`;
      const file = owner.files.find((candidate) => candidate.path === path);
      const present = new Set(owner.files.map((candidate) => candidate.path));
      return problems(owner, present).map(([door, message]) => ({
        path,
        line: lineOf(file?.text ?? '', `"${door}"`),
        rule: 'manifest-exports',
        message,
      }));
    });
}

/**
 * @param {import('../workspace.mjs').WorkspacePackage} owner
 * @param {ReadonlySet<string>} present
 * @returns {[door: string, message: string][]}
 */
function problems(owner, present) {
  const doors = owner.manifest.exports;
  const published = owner.manifest.publishConfig?.exports;
  if (doors === undefined) return [['name', 'exports is missing']];
  if (published === undefined) return [['name', 'publishConfig.exports is missing']];
  /** @type {[string, string][]} */
  const found = [];
  if (!('.' in doors)) found.push(['exports', "exports has no '.'"]);
  if (doors['./package.json'] !== './package.json') found.push(['exports', "exports has './package.json'"]);
  const same = JSON.stringify(withoutSource(doors)) === JSON.stringify(published);
  if (!same)
    found.push(['publishConfig', 'publishConfig.exports is not exports without the source condition']);
  for (const [door, target] of Object.entries(doors)) {
    if (typeof target !== 'string')
      for (const message of doorProblems(owner, door, target, present)) found.push([door, message]);
  }
  return found;
}

/**
 * @param {import('../workspace.mjs').WorkspacePackage} owner
 * @param {string} door
 * @param {unknown} target
 * @param {ReadonlySet<string>} present
 */
function doorProblems(owner, door, target, present) {
  const conditions = /** @type {Record<string, unknown>} */ (target ?? {});
  const names = Object.keys(conditions).join(', ');
  if (names !== `${SOURCE}, types, default`)
    return [`'${door}' has the conditions ${SOURCE}, types, default in this order`];
  const source = String(conditions[SOURCE]);
  const stem = /^\.\/src\/(.+)\.ts$/.exec(source)?.[1];
  if (stem === undefined || !present.has(`${owner.folder}/src/${stem}.ts`))
    return [`'${door}': no source at ${source}`];
  const agrees = conditions.types === `./dist/${stem}.d.ts` && conditions.default === `./dist/${stem}.js`;
  return agrees ? [] : [`'${door}': types and default are ./dist/${stem}.d.ts and ./dist/${stem}.js`];
}

/** @param {Record<string, unknown>} doors */
function withoutSource(doors) {
  return Object.fromEntries(
    Object.entries(doors).map(([door, target]) => {
      if (typeof target !== 'object' || target === null) return [door, target];
      return [door, Object.fromEntries(Object.entries(target).filter(([condition]) => condition !== SOURCE))];
    }),
  );
}
