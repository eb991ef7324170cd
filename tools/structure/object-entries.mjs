// The entries of an object literal by text, as far as each is `name: { … }`.
import { lineAt } from './blank-source.mjs';

/**
 * @typedef {object} Entry
 * @property {string | undefined} name undefined for what is written in another way: a spread, a shorthand, a call
 * @property {string} body what stands within its braces
 * @property {number} line
 */

/**
 * @param {import('./blank-source.mjs').BlankedSource} source
 * @param {number} begin behind the opening brace
 * @returns {Entry[]}
 */
export function objectEntries({ code, bare }, begin) {
  /** @type {Entry[]} */
  const entries = [];
  let depth = 1;
  let start = begin;
  let brace = begin;
  /** @param {number} end */
  const take = (end) => {
    const text = code.slice(start, end);
    const first = text.search(/[^\s,]/);
    if (first < 0) return;
    const name = /^[\s,]*['"]?([\w-]+)['"]?:\s*$/.exec(code.slice(start, Math.max(start, brace)))?.[1];
    entries.push({ name, body: code.slice(brace + 1, end), line: lineAt(bare, start + first) });
    start = end + 1;
  };
  for (let at = begin; at < bare.length && depth > 0; at += 1) {
    if (bare[at] === '{') {
      if (depth === 1) brace = at;
      depth += 1;
    } else if (bare[at] === '}') {
      depth -= 1;
      if (depth <= 1) take(at);
    }
  }
  return entries;
}
