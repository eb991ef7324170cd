// A door names what it opens: no `export *`, with or without a name.
import { lineAt } from '../blank-source.mjs';

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function namedExports(workspace) {
  return workspace.packages.flatMap((owner) =>
    owner.files.flatMap((file) =>
      Array.from(file.bare.matchAll(/(?<![\w$.])export\s+(?:type\s+)?\*/g), (match) => ({
        path: file.path,
        line: lineAt(file.bare, match.index),
        rule: 'named-exports',
        message: '`export *`: name every export',
      })).filter(() => /\.[cm]?[jt]sx?$/.test(file.path)),
    ),
  );
}
