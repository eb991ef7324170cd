import fc from 'fast-check';
import type { Program, Step, Words } from './program.js';
import { commandForm } from './template.js';
import { words as kinds } from './words.js';

/** Commands that a family's generator draws from: their forms, some more often than others. */
export interface Family {
  readonly name: string;
  readonly forms: readonly string[];
  /** Drawn about as often as all forms together when given: what fills the keys. */
  readonly fillers?: readonly string[];
  /** Commands that are never spoiled here. */
  readonly unspoiled?: RegExp;
}

/** Whatever makes keys of another type, or none, in any family. */
const clashes: readonly string[] = [
  'SET key value',
  'RPUSH key member',
  'HSET key field value',
  'SADD key member',
  'ZADD key 1 member',
  'XADD key 9-9 field value',
  'DEL key',
];

const spoiledWord = kinds.word as fc.Arbitrary<string>;

/** Spoils a call: a word dropped, doubled, changed, added, or the name in lower case options. */
function spoil(words: Words, how: number, at: number, word: string): Words {
  const [name, ...rest] = words;
  const place = rest.length === 0 ? 0 : at % rest.length;
  if (how === 0) rest.splice(place, 1);
  else if (how === 1) rest.splice(place, 0, rest[place] ?? word);
  else if (how === 2) rest.splice(place, 1, word);
  else if (how === 3) rest.push(word);
  else
    return [name, ...rest.map((each, i) => (i > 0 && /^[A-Z]{2,}$/.test(each) ? each.toLowerCase() : each))];
  return [name, ...rest];
}

/** Not spoiled: what might then wait for ever, and what might then make a string of half a gigabyte. */
function mayBeSpoiled([name]: Words): boolean {
  return !/^B[LRZ]|^WAIT|^EVAL|^XREAD|^SETBIT|^BITFIELD|^SETRANGE/.test(name);
}

/** Calls of a family, one in twelve spoiled, one in fifteen clashing. */
export function callsOf(family: Family): fc.Arbitrary<Words> {
  const plain = fc.oneof(...family.forms.map(commandForm));
  const fillers = (family.fillers ?? []).map(commandForm);
  const call = fc.oneof(
    { weight: 14, arbitrary: plain },
    { weight: fillers.length > 0 ? 8 : 0, arbitrary: fillers.length > 0 ? fc.oneof(...fillers) : plain },
    { weight: 1, arbitrary: fc.oneof(...clashes.map(commandForm)) },
  );
  const spoiled = fc
    .tuple(call, fc.nat(4), fc.nat(7), spoiledWord)
    .map(([words, how, at, word]) =>
      mayBeSpoiled(words) && !family.unspoiled?.test(words[0]) ? spoil(words, how, at, word) : words,
    );
  return fc.oneof({ weight: 11, arbitrary: call }, { weight: 1, arbitrary: spoiled });
}

/** Programs of single commands. */
export function programsOf(family: Family, maxLength = 50): fc.Arbitrary<Program> {
  const step = callsOf(family).map((words): Step => ({ do: 'send', words }));
  return fc.array(step, { minLength: 1, maxLength, size: 'max' });
}
