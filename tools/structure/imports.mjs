// The imports of one file, by text: TypeScript without a compiler. Dynamic imports with a literal count too.
import { posix } from 'node:path';
import { lineAt } from './blank-source.mjs';

/**
 * @typedef {object} Import
 * @property {string} specifier as written
 * @property {string | null} packageName for a bare specifier: `@scope/name` or `name`; null for relative and `node:`
 * @property {number} line
 * @property {boolean} typeOnly nothing of it is left at run time
 */

// Matched on the blanked text, where the inside of a string is spaces: a string that holds an import is none.
const STATEMENT = /(?<![\w$.])(?:import|export)\b([^;'"`()]*?)\bfrom\s*(['"])( *)\2/g;
const BARE_OR_CALL = /(?<![\w$.])import\s*\(?\s*(['"])( *)\1/g;

/**
 * @param {import('./blank-source.mjs').BlankedSource} source
 * @returns {Import[]}
 */
export function readImports({ code, bare }) {
  /** @param {RegExpMatchArray} match @param {number} length */
  const specifierOf = (match, length) => {
    const end = (match.index ?? 0) + match[0].length - 1;
    return code.slice(end - length, end);
  };
  /** @type {Import[]} */
  const found = [];
  for (const match of bare.matchAll(STATEMENT)) {
    const [, clause = '', , blanks = ''] = match;
    found.push(describe(specifierOf(match, blanks.length), lineAt(bare, match.index), isTypeOnly(clause)));
  }
  for (const match of bare.matchAll(BARE_OR_CALL)) {
    found.push(describe(specifierOf(match, (match[2] ?? '').length), lineAt(bare, match.index), false));
  }
  return found.sort((a, b) => a.line - b.line);
}

/** @param {string} specifier @param {number} line @param {boolean} typeOnly @returns {Import} */
function describe(specifier, line, typeOnly) {
  return { specifier, packageName: packageNameOf(specifier), line, typeOnly };
}

/** @param {string} clause what stands between `import` and `from` */
function isTypeOnly(clause) {
  if (/^\s*type\s+[\w${*]/.test(clause)) return true;
  const named = /^\s*\{([^}]*)\}\s*$/.exec(clause);
  const names = named?.[1]?.split(',').filter((name) => name.trim() !== '') ?? [];
  return names.length > 0 && names.every((name) => /^\s*type\s/.test(name));
}

/** @param {string} specifier */
function packageNameOf(specifier) {
  if (/^(?:\.|\/|#|node:)/.test(specifier)) return null;
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/**
 * The file that a relative specifier means, if it is known: one or none.
 * @param {string} from @param {string} specifier @param {ReadonlyMap<string, unknown>} known by path @returns {string[]}
 */
export function resolveImport(from, specifier, known) {
  if (!specifier.startsWith('.')) return [];
  const target = posix.join(posix.dirname(from), specifier);
  return [target, target.replace(/\.js$/, '.ts'), target.replace(/\.mjs$/, '.mts')]
    .filter((path) => known.has(path))
    .slice(0, 1);
}
