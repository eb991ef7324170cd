// A script says at its head what it does and what it takes and gives: everything the caller cannot see from TypeScript.
const PARTS = /** @type {const} */ ([
  ['KEYS', /^--\s*KEYS\b/],
  ['ARGV', /^--\s*ARGV\b/],
  ['Returns', /^--\s*Returns\b/i],
]);

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function luaHeaders(workspace) {
  return workspace.packages
    .flatMap((owner) => owner.files.filter((file) => file.path.startsWith(`${owner.folder}/src/`)))
    .filter((file) => file.path.endsWith('.lua'))
    .flatMap(({ path, text }) => {
      const lines = text.split('\n');
      const end = lines.findIndex((line) => !line.startsWith('--'));
      const header = lines.slice(0, end < 0 ? lines.length : end);
      const missing = PARTS.filter(([, pattern]) => !header.some((line) => pattern.test(line))).map(
        ([part]) => `a line '-- ${part} …'`,
      );
      const first = header[0] ?? '';
      const says = /^--\s*\S.{10,}/.test(first) && !PARTS.some(([, pattern]) => pattern.test(first));
      if (!says) missing.unshift('a first line that says what the script does');
      return missing.map((part) => ({
        path,
        line: 1,
        rule: 'lua-headers',
        message: `the header comment has no ${part.replace(/^a /, '')}`,
      }));
    });
}
