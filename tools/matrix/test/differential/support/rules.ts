import { isFailure, type Outcome } from './outcome.js';
import type { Words } from './program.js';

/** Whether two outcomes count as equal; the reference's first. */
export type Rule = (reference: Outcome, memory: Outcome) => boolean;

/** Equal throughout. Integers beyond 2^53 pass through doubles in the client, which loses their last bits. */
export const exact: Rule = (reference, memory) => {
  if (typeof reference === 'number' && typeof memory === 'number') {
    if (Math.abs(reference) < Number.MAX_SAFE_INTEGER) return reference === memory;
    return Math.abs(reference - memory) <= Math.abs(reference) * 2 ** -48;
  }
  return alike(reference, memory, exact);
};

/** Equal kinds and texts, arrays item by item. */
function alike(reference: Outcome, memory: Outcome, item: Rule): boolean {
  if (Array.isArray(reference)) {
    return (
      Array.isArray(memory) &&
      reference.length === memory.length &&
      reference.every((each: Outcome, i) => item(each, memory[i] as Outcome))
    );
  }
  return JSON.stringify(reference) === JSON.stringify(memory);
}

/** Arrays with the same items in any order; `size` items at a time belong together. */
function anyOrder(size: number): Rule {
  const bag = (items: readonly Outcome[]): string[] => {
    const parts: string[] = [];
    for (let i = 0; i < items.length; i += size) parts.push(JSON.stringify(items.slice(i, i + size)));
    return parts.sort();
  };
  return (reference, memory) => {
    if (!Array.isArray(reference) || !Array.isArray(memory)) return exact(reference, memory);
    return JSON.stringify(bag(reference)) === JSON.stringify(bag(memory));
  };
}

/** Order does not count: Redis promises none. */
const asSet: Rule = anyOrder(1);

/** Order of pairs does not count. */
const asPairs: Rule = anyOrder(2);

/** A cursor and items: items as a set where both sides are done at once, otherwise only the shape. */
function scan(items: Rule): Rule {
  return (reference, memory) => {
    if (!Array.isArray(reference) || !Array.isArray(memory)) return exact(reference, memory);
    if (reference[0] !== '0' || memory[0] !== '0') return memory.length === 2 && Array.isArray(memory[1]);
    return items(reference[1] as Outcome, memory[1] as Outcome);
  };
}

/** Chosen by chance: the same kind of answer, arrays of the same length. */
const random: Rule = (reference, memory) => {
  if (isFailure(reference) || isFailure(memory)) return exact(reference, memory);
  if (Array.isArray(reference)) return Array.isArray(memory) && reference.length === memory.length;
  return typeof reference === typeof memory && (reference === null) === (memory === null);
};

/** Numbers that may be apart by as long as a test takes, in the unit of the command; others are exact. */
function near(tolerance: number): Rule {
  return (reference, memory) => {
    if (typeof reference !== 'number' || typeof memory !== 'number') return exact(reference, memory);
    if (reference < 0 || memory < 0) return reference === memory;
    return Math.abs(reference - memory) <= tolerance;
  };
}

const nearMs = near(30_000);

/** Entries [id, consumer, idle ms, deliveries]: the idle time is only near. */
const pendingEntries: Rule = (reference, memory) =>
  alike(reference, memory, (entry, other) =>
    Array.isArray(entry) && Array.isArray(other) && entry.length === 4
      ? alike(entry.with(2, 0), other.with(2, 0), exact) && nearMs(entry[2] as Outcome, other[2] as Outcome)
      : exact(entry, other),
  );

const timeFields = new Set(['idle', 'inactive', 'seen-time', 'active-time']);

/** XINFO: the number of tree nodes is left out; values after the names of times, and delivery times ([id, time, deliveries]), are only near. */
const streamFacts: Rule = (reference, memory) => {
  if (!Array.isArray(reference) || !Array.isArray(memory)) return exact(reference, memory);
  if (reference.length !== memory.length) return false;
  return reference.every((each: Outcome, i) => {
    // How the server's tree of nodes came to be shaped is its own affair.
    if (reference[i - 1] === 'radix-tree-nodes') return typeof memory[i] === 'number';
    const isTime = timeFields.has(String(reference[i - 1])) || (typeof each === 'number' && each > 1e12);
    return (isTime ? nearMs : streamFacts)(each, memory[i] as Outcome);
  });
};

/** Whether a small number is an object that the server shares is its own affair, and depends on how the key came to be. */
const references: Rule = (reference, memory) =>
  exact(reference, memory) || (typeof reference === 'number' && typeof memory === 'number');

const listEncodings: readonly Outcome[] = ['listpack', 'quicklist'];

/** Near 8 kB the encoding of a list depends on how it came to be, node by node: the engine tells it by its size. */
const encodings: Rule = (reference, memory) =>
  exact(reference, memory) || (listEncodings.includes(reference) && listEncodings.includes(memory));

/**
 * Distances come from the sines of the server's C library, whose last bits are its own and grow on the far side of the earth:
 * near by a part in 10^8, or by two of the last digit.
 */
const distances: Rule = (reference, memory) => {
  if (!isDistance(reference) || !isDistance(memory)) return alike(reference, memory, distances);
  return Math.abs(Number(reference) - Number(memory)) <= Math.max(0.0002, Number(reference) * 1e-8);
};

function isDistance(outcome: Outcome): boolean {
  return typeof outcome === 'string' && /^\d+\.\d{4}$/.test(outcome);
}

/** Keys that hold other values on the two sides after a command, both by right: a member taken by chance, distances. */
export function keysOfItsOwn([name, ...rest]: Words): readonly string[] {
  if (name === 'SPOP') return rest.slice(0, 1);
  if (!name.startsWith('GEO')) return [];
  const at = rest.findIndex((word) => /^storedist$/i.test(word));
  if (at < 0) return [];
  return rest.slice(name === 'GEOSEARCHSTORE' ? 0 : at + 1).slice(0, 1);
}

/** Arrays of such numbers. */
const eachNear =
  (tolerance: number): Rule =>
  (reference, memory) =>
    alike(reference, memory, near(tolerance));

/** Entries taken over ([id, fields, idle ms, deliveries]): the idle time is only near, and those of one millisecond have no order. */
const claimedEntries: Rule = (reference, memory) => {
  if (!Array.isArray(reference) || !Array.isArray(memory)) return exact(reference, memory);
  const plain = (streams: readonly Outcome[]): Outcome =>
    streams.map((stream) => {
      const [key, entries] = stream as [Outcome, Outcome[]];
      const shown = entries.map((entry) => JSON.stringify((entry as Outcome[]).with(2, 0)));
      return [key, shown.sort()];
    });
  return exact(plain(reference), plain(memory));
};

const rules: Readonly<Record<string, Rule>> = {
  HTTL: eachNear(30),
  HPTTL: eachNear(30_000),
  HEXPIRETIME: eachNear(30),
  HPEXPIRETIME: eachNear(30_000),
  KEYS: asSet,
  SMEMBERS: asSet,
  SINTER: asSet,
  SUNION: asSet,
  SDIFF: asSet,
  HGETALL: asPairs,
  HKEYS: asSet,
  HVALS: asSet,
  GEODIST: distances,
  SPOP: random,
  SRANDMEMBER: random,
  HRANDFIELD: random,
  ZRANDMEMBER: random,
  RANDOMKEY: random,
  SCAN: scan(asSet),
  SSCAN: scan(asSet),
  HSCAN: scan(asPairs),
  ZSCAN: scan(asPairs),
  TTL: near(30),
  EXPIRETIME: near(30),
  PTTL: nearMs,
  PEXPIRETIME: nearMs,
  XPENDING: pendingEntries,
  XINFO: streamFacts,
  'PUBSUB CHANNELS': asSet,
  'OBJECT REFCOUNT': references,
  'OBJECT ENCODING': encodings,
};

/**
 * How the outcomes of a command are compared. Exactly, error texts byte for byte, with these exceptions: where Redis
 * promises no order, as sets (of pairs for HGETALL; SORT … BY, which leaves equal ones as they are); scans from the start as sets, those from the middle by shape; where
 * it chooses by chance, kind and length; times to live and idle times, within 30 s; distances on earth, nearly; OBJECT REFCOUNT is any number; lists have either of their encodings.
 */
export function ruleFor(words: Words): Rule {
  const [name, second = '', third = ''] = words;
  const cursor = name === 'SCAN' ? second : third;
  if (/^[HZ]SCAN$/.test(name) && words.some((word) => /^no(values|scores)$/i.test(word))) return scan(asSet);
  if (name === 'XREADGROUP' && words.includes('CLAIM') && words.at(-1) === '>') return claimedEntries;
  if (name.startsWith('SORT') && words.some((word) => /^by$/i.test(word))) return asSet;
  if (name.startsWith('GEO') && words.some((word) => /^(withdist|storedist)$/i.test(word))) return distances;
  if (/SCAN$/.test(name) && cursor !== '0') return scan(() => true);
  return rules[name] ?? rules[`${name} ${second.toUpperCase()}`] ?? exact;
}
