// What the package.json of every published package says beyond its doors.
import { lineOf } from '../workspace.mjs';

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function manifestFields(workspace) {
  return workspace.packages
    .filter((owner) => owner.folder.startsWith('packages/') && owner.manifest.private !== true)
    .flatMap((owner) => {
      const path = `${owner.folder}/package.json`;
      const text = owner.files.find((file) => file.path === path)?.text ?? '';
      return problems(owner, workspace).map(([field, message]) => ({
        path,
        line: lineOf(text, `"${field}"`),
        rule: 'manifest-fields',
        message: `${field}: ${message}`,
      }));
    });
}

/**
 * @param {import('../workspace.mjs').WorkspacePackage} owner
 * @param {import('../workspace.mjs').Workspace} workspace
 * @returns {[field: string, message: string][]}
 */
function problems(owner, workspace) {
  const { manifest, folder } = owner;
  const root = workspace.manifest;
  const files = Array.isArray(manifest.files) ? manifest.files : [];
  const repository = /** @type {{ directory?: unknown } | undefined} */ (manifest.repository);
  const scripts = /** @type {Record<string, unknown>} */ (manifest.scripts ?? {});
  const engines = /** @type {{ node?: unknown }} */ (manifest.engines ?? {});
  const wantedEngines = /** @type {{ node?: unknown }} */ (root.engines ?? {});
  /** @type {[boolean, string, string][]} */
  const checks = [
    [
      manifest.name === `@penknife/${folder.split('/')[1]}`,
      'name',
      'is @penknife/ and the name of the folder',
    ],
    [typeof manifest.version === 'string', 'version', 'is missing'],
    [String(manifest.description ?? '').length >= 15, 'description', 'one sentence that says what it is'],
    [manifest.license === root.license, 'license', `is ${String(root.license)}, as at the root`],
    [repository?.directory === folder, 'repository', `directory is ${folder}`],
    [manifest.type === 'module', 'type', 'is "module"'],
    [manifest.sideEffects === false, 'sideEffects', 'is false'],
    [files.includes('dist'), 'files', 'names dist'],
    [files.includes('README.md'), 'files', 'names README.md'],
    [!files.some((entry) => /^(?:src|test)\b/.test(String(entry))), 'files', 'ships neither src nor test'],
    [engines.node === wantedEngines.node, 'engines', `node is ${String(wantedEngines.node)}, as at the root`],
    [manifest.publishConfig?.access === 'public', 'publishConfig', 'access is public'],
    [typeof scripts.build === 'string', 'scripts', 'has build'],
    [typeof scripts.typecheck === 'string', 'scripts', 'has typecheck'],
    [
      !Object.keys(scripts).some((name) => /^(?:pre|post)?install$/.test(name)),
      'scripts',
      'runs nothing at install',
    ],
  ];
  return checks.filter(([holds]) => !holds).map(([, field, message]) => [field, message]);
}
