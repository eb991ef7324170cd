// The table of keys in a pattern's README says of every kind of key that src/keys.ts declares whether it lives with a TTL. What
// keys do is seen besides by the suites: a key left without a TTL must be declared durable (tools/matrix/src/lasting-keys.ts).
import { lineAt } from '../blank-source.mjs';
import { objectEntries } from '../object-entries.mjs';
import { sectionOf } from '../readme.mjs';

const RULE = 'keys-table';
const DECLARES = /\bdefineKeys\(/g;
/** `<namespace>:lock1:mutex:{…`, or `…` after the kind where a README says how it goes on. */
const KEY = /^<namespace>:(\w+):([\w-]+):/;

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function keysTable(workspace) {
  return workspace.packages.filter(({ kind, stub }) => kind === 'pattern' && !stub).flatMap(check);
}

/** @param {import('../workspace.mjs').WorkspacePackage} owner */
function check(owner) {
  const home = `${owner.folder}/src/keys.ts`;
  const sources = owner.files.filter((file) => file.path.startsWith(`${owner.folder}/src/`));
  return sources.flatMap((file) => {
    const declared = [...file.bare.matchAll(DECLARES)];
    const wanted = file.path === home && declared.length > 0;
    return [
      ...declared
        .slice(wanted ? 1 : 0)
        .map(({ index }) =>
          finding(file.path, lineAt(file.bare, index), 'keys are declared once, in src/keys.ts'),
        ),
      ...(wanted ? compare(owner, file) : []),
    ];
  });
}

/** @param {import('../workspace.mjs').WorkspacePackage} owner @param {import('../workspace.mjs').TextFile} source */
function compare(owner, source) {
  const path = `${owner.folder}/README.md`;
  const text = owner.files.find((file) => file.path === path)?.text ?? '';
  const { word, kinds, unread } = declarationIn(source);
  const findings = unread.map((line) =>
    finding(source.path, line, "a kind is written as `name: { life: 'ephemeral' or 'durable', … }`"),
  );
  const seen = new Set();
  for (const { cells, line } of rowsOf(text)) {
    const [keys = '', life = ''] = cells;
    const named = [...keys.matchAll(/`([^`]+)`/g)].map(([, key = '']) => KEY.exec(key));
    if (named.length === 0 || named.includes(null))
      findings.push(finding(path, line, 'a row names its keys in full: `<namespace>:word1:kind:…`'));
    for (const [, rowWord = '', kind = ''] of named.filter((match) => match !== null)) {
      const declared = rowWord === word ? kinds.get(kind) : undefined;
      seen.add(kind);
      if (declared === undefined)
        findings.push(
          finding(path, line, `the table has '${rowWord}:${kind}', which src/keys.ts does not declare`),
        );
      else if (declared !== life)
        findings.push(
          finding(path, line, `the table calls '${kind}' '${life}', and src/keys.ts ${declared}`),
        );
    }
  }
  const [start = 1] = sectionOf(text, 'Keys')?.map(({ line }) => line) ?? [];
  for (const [kind, life] of kinds)
    if (!seen.has(kind))
      findings.push(
        finding(
          path,
          start,
          `'${kind}', which src/keys.ts declares ${life}, is not in the table of '## Keys'`,
        ),
      );
  return findings;
}

/** What the table of keys has below its head. @param {string} text */
function rowsOf(text) {
  const lines = sectionOf(text, 'Keys') ?? [];
  const head = lines.findIndex(({ content }) => /^\| *key *\| *life *\|/.test(content));
  const below = head < 0 ? [] : lines.slice(head + 2);
  const end = below.findIndex(({ content }) => !content.startsWith('|'));
  return below.slice(0, end < 0 ? undefined : end).map(({ content, line }) => ({
    cells: content
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
    line,
  }));
}

/**
 * The pattern's word with its version, each kind with its life, and the lines of what could not be read so.
 * @param {import('../workspace.mjs').TextFile} source
 */
function declarationIn({ code, bare }) {
  const from = bare.search(DECLARES);
  const pattern = /\bpattern:\s*'([^']+)'/.exec(code.slice(from))?.[1];
  const version = /\bversion:\s*(\d+)/.exec(code.slice(from))?.[1];
  const word = `${pattern}${version}`;
  /** @type {Map<string, string>} */
  const kinds = new Map();
  const opening = /\bkinds:\s*\{/.exec(bare.slice(from));
  if (opening === null) return { word, kinds, unread: [lineAt(bare, from)] };
  const unread = objectEntries({ code, bare }, from + opening.index + opening[0].length).flatMap(
    ({ name, body, line }) => {
      const life = /\blife:\s*'(ephemeral|durable)'/.exec(body)?.[1];
      if (name === undefined || life === undefined) return [line];
      kinds.set(name, life);
      return [];
    },
  );
  return { word, kinds, unread };
}

/** @param {string} path @param {number} line @param {string} message */
function finding(path, line, message) {
  return { path, line, rule: RULE, message };
}
