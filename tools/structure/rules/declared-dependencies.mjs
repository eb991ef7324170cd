// What a file imports, its package.json names: sources in dependencies or peers, tests anywhere.
import { builtinModules } from 'node:module';
import { partOf } from '../workspace.mjs';

const RULE = 'declared-dependencies';
const BUILT_IN = new Set(builtinModules);

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function declaredDependencies(workspace) {
  const privateNames = new Set(
    workspace.packages.filter((owner) => owner.manifest.private === true).map((owner) => owner.name),
  );
  return workspace.packages.flatMap((owner) => {
    const { dependencies = {}, peerDependencies = {}, devDependencies = {} } = owner.manifest;
    const shipped = { ...dependencies, ...peerDependencies };
    const all = { ...shipped, ...devDependencies };
    return owner.files.flatMap((file) =>
      file.imports.flatMap(({ specifier, packageName, line }) => {
        if (packageName === null || packageName === owner.name) return [];
        /** @param {string} message */
        const finding = (message) => [{ path: file.path, line, rule: RULE, message }];
        if (BUILT_IN.has(packageName)) return finding(`write 'node:${specifier}' for the built-in module`);
        if (!(packageName in all))
          return finding(`${packageName} is not declared in ${owner.folder}/package.json`);
        // A private package is bundled into the sources that use it, so there it is a development dependency.
        const ships = partOf(owner, file) === 'src' && owner.manifest.private !== true;
        if (!ships || packageName in shipped || privateNames.has(packageName)) return [];
        return finding(`${packageName} is imported by a source but only a devDependency`);
      }),
    );
  });
}
