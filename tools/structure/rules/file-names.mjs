// Files and folders have names in kebab-case that say what is inside; a drawer for everything is refused.
const KEBAB_FILE = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
const KEBAB_FOLDER = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const DRAWERS = new Set(['util', 'utils', 'utilities', 'helper', 'helpers', 'misc', 'common']);

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function fileNames(workspace) {
  return workspace.packages.flatMap((owner) =>
    owner.files.flatMap(({ path }) => {
      if (!/\.(?:[cm]?[jt]sx?|lua)$/.test(path)) return [];
      const parts = path.slice(owner.folder.length + 1).split('/');
      const name = parts.at(-1) ?? '';
      const problems = [...parts.slice(0, -1), name.split('.')[0] ?? '']
        .filter((part) => DRAWERS.has(part))
        .map((part) => `'${part}' says nothing: name the thought`);
      if (!KEBAB_FILE.test(name)) problems.push(`'${name}' is not kebab-case`);
      const folder = parts.slice(0, -1).find((part) => !KEBAB_FOLDER.test(part));
      if (folder !== undefined) problems.push(`folder '${folder}' is not kebab-case`);
      return problems.map((message) => ({ path, line: 1, rule: 'file-names', message }));
    }),
  );
}
