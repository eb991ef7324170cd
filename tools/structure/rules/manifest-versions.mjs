// Versions and peers: siblings by `workspace:`, pinned tools by `catalog:`, peers with a real range that is also tested here.
import { lineOf } from '../workspace.mjs';

const FIELDS = /** @type {const} */ (['dependencies', 'devDependencies', 'peerDependencies']);

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function manifestVersions(workspace) {
  const siblings = new Map(workspace.packages.map((owner) => [owner.name, owner]));
  return workspace.packages.flatMap((owner) => {
    const path = `${owner.folder}/package.json`;
    const text = owner.files.find((file) => file.path === path)?.text ?? '';
    return FIELDS.flatMap((field) =>
      Object.entries(owner.manifest[field] ?? {}).flatMap(([name, version]) => {
        const message = refusal(owner, field, name, version, siblings, workspace.catalog);
        return message === null
          ? []
          : [{ path, line: lineOf(text, `"${name}":`), rule: 'manifest-versions', message }];
      }),
    );
  });
}

/**
 * @param {import('../workspace.mjs').WorkspacePackage} owner
 * @param {(typeof FIELDS)[number]} field
 * @param {string} name
 * @param {string} version
 * @param {ReadonlyMap<string, import('../workspace.mjs').WorkspacePackage>} siblings
 * @param {ReadonlySet<string>} catalog
 */
function refusal(owner, field, name, version, siblings, catalog) {
  const sibling = siblings.get(name);
  const ships = owner.manifest.private !== true;
  if (sibling !== undefined) {
    if (!version.startsWith('workspace:')) return `${name} is a sibling: write workspace:^`;
    const hidden = ships && field !== 'devDependencies' && sibling.manifest.private === true;
    return hidden ? `${name} is private and cannot be a ${field} entry of a published package` : null;
  }
  if (/^(?:\*|latest|x|)$/.test(version.trim())) return `${name}: '${version}' is no version`;
  if (/^(?:file|link|git|https?|github):|\.git$/.test(version))
    return `${name}: '${version}' cannot be published`;
  if (field === 'peerDependencies') {
    const tested = name in (owner.manifest.devDependencies ?? {});
    return tested ? null : `${name} is a peer that no devDependency brings into the tests`;
  }
  // An alias says on purpose that this is not the workspace's version.
  return catalog.has(name) && version !== 'catalog:' && !version.startsWith('npm:')
    ? `${name} has a version in the catalog: write catalog:`
    : null;
}
