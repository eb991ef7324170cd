// Finds the TypeScript blocks of a Markdown text. A block is fenced by three backticks or tildes.

/**
 * @typedef {object} Snippet
 * @property {string} path of the Markdown file, relative to the root
 * @property {number} line of the block's first line of code
 * @property {string} code
 */
/** @typedef {{ path: string, line: number, message: string }} SnippetError */

const TYPESCRIPT_BY_ANOTHER_NAME = /^(?:typescript|tsx|[cm]ts|js|jsx|javascript|[cm]js)\b/i;

/**
 * Every block marked `ts`. Any other mark that would let code go by uncompiled is an error.
 * @param {string} path
 * @param {string} markdown
 * @returns {{ snippets: Snippet[], errors: SnippetError[] }}
 */
export function findSnippets(path, markdown) {
  /** @type {Snippet[]} */
  const snippets = [];
  /** @type {SnippetError[]} */
  const errors = [];
  const lines = markdown.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent = '', fence, mark = ''] = /^(\s*)(`{3,}|~{3,})\s*(.*?)\s*$/.exec(lines[at] ?? '') ?? [];
    if (fence === undefined) continue;
    const end = lines.findIndex((line, index) => index > at && line.trimStart().startsWith(fence));
    const last = end === -1 ? lines.length : end;
    const refused = refusal(mark);
    if (refused !== null) errors.push({ path, line: at + 1, message: refused });
    const code = lines
      .slice(at + 1, last)
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    if (mark === 'ts') snippets.push({ path, line: at + 2, code: `${code.join('\n')}\n` });
    at = last;
  }
  return { snippets, errors };
}

/** @param {string} mark what follows the fence */
function refusal(mark) {
  if (mark !== 'ts' && /^ts\b/.test(mark))
    return `a block is marked 'ts' and nothing else, not '${mark}': every block compiles`;
  return TYPESCRIPT_BY_ANOTHER_NAME.test(mark)
    ? `mark the block 'ts', not '${mark}': every block compiles`
    : null;
}
