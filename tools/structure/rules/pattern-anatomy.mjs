// Knowing one pattern package is knowing all: each has the same rooms.
const ROOMS = ['README.md', 'src/index.ts', 'src/options.ts', 'src/keys.ts'];

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function patternAnatomy(workspace) {
  return workspace.packages
    .filter((owner) => owner.kind === 'pattern' && !owner.stub)
    .flatMap((owner) => {
      const present = new Set(owner.files.map((file) => file.path.slice(owner.folder.length + 1)));
      const missing = ROOMS.filter((room) => !present.has(room));
      if (![...present].some((path) => /^test\/(?:.+\/)?[^/]+\.test\.ts$/.test(path)))
        missing.push('test/*.test.ts');
      return missing.map((room) => ({
        path: `${owner.folder}/package.json`,
        line: 1,
        rule: 'pattern-anatomy',
        message: `a pattern package has ${room}; this one has none`,
      }));
    });
}
