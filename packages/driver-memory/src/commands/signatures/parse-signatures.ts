import type { KeySpec, Signature } from '../../engine/command-entry.js';

/**
 * Reads a table of signatures: a line a command, fields divided by `; `: name, arity, flags, key positions, categories,
 * tips, since, option tokens, key specifications (`notes~flags~begin~find`, several joined by ` & `).
 */
export function parseSignatures(group: string, text: string): Signature[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parseLine(group, line));
}

function parseLine(group: string, line: string): Signature {
  const [
    name = '',
    arity = '',
    flags = '',
    keys = '',
    categories = '',
    tips = '',
    since = '',
    tokens = '',
    ...rest
  ] = line.split(';').map((field) => field.trim());
  // Notes may hold what divides the fields.
  const specs = rest.join('; ');
  const [first = 0, last = 0, step = 0] = words(keys).map(Number);
  return {
    name,
    arity: Number(arity),
    flags: new Set(words(flags)),
    keys: [first, last, step],
    categories: words(categories),
    tips: words(tips),
    since,
    group,
    tokens: words(tokens),
    keySpecs: specs === '' ? [] : specs.split(' & ').map(parseSpec),
  };
}

function parseSpec(text: string): KeySpec {
  const [notes = '', flags = '', begin = '', find = ''] = text.split('~');
  return { notes, flags: words(flags), begin, find };
}

function words(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}
