// No import circle: not between the files of a package (types included), not between packages (devDependencies included).
import { findCircles } from '../find-circles.mjs';
import { resolveImport } from '../imports.mjs';
import { lineOf } from '../workspace.mjs';

const RULE = 'circles';

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function circles(workspace) {
  return [...packageCircles(workspace), ...workspace.packages.flatMap(fileCircles)];
}

/** @param {import('../workspace.mjs').Workspace} workspace */
function packageCircles({ packages }) {
  const byName = new Map(packages.map((owner) => [owner.name, owner]));
  const graph = new Map(
    packages.map(({ name, manifest }) => {
      const { dependencies = {}, peerDependencies = {}, devDependencies = {} } = manifest;
      const names = Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies });
      return [name, names.filter((other) => byName.has(other))];
    }),
  );
  return findCircles(graph).map((circle) => {
    const [first = '', second = first] = circle;
    const owner = byName.get(first);
    const manifest = owner?.files.find((file) => file.path === `${owner.folder}/package.json`);
    const line = lineOf(manifest?.text ?? '', `"${second}":`);
    return { path: manifest?.path ?? first, line, rule: RULE, message: describe(circle) };
  });
}

/** @param {import('../workspace.mjs').WorkspacePackage} owner */
function fileCircles(owner) {
  const byPath = new Map(owner.files.map((file) => [file.path, file]));
  const graph = new Map(
    owner.files.map((file) => [
      file.path,
      file.imports.flatMap((imported) => resolveImport(file.path, imported.specifier, byPath)),
    ]),
  );
  return findCircles(graph).map((circle) => {
    const [first = '', second = first] = circle;
    const file = byPath.get(first);
    const back = file?.imports.find((imported) =>
      resolveImport(first, imported.specifier, byPath).includes(second),
    );
    const inside = circle.map((path) => path.slice(owner.folder.length + 1));
    return { path: first, line: back?.line ?? 1, rule: RULE, message: describe(inside) };
  });
}

/** @param {readonly string[]} circle */
function describe(circle) {
  return `import circle: ${[...circle, circle[0]].join(' -> ')}`;
}
