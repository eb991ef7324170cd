import type { FieldHash } from '../structures/hash-table/field-hash.js';
import type { KeySet } from '../structures/hash-table/key-set.js';
import { parseInteger } from '../structures/numbers/integer.js';
import type { SortedSet } from '../structures/sorted-set/sorted-set.js';
import type { Kind, Value } from './value.js';

/** Up to where collections keep their compact encoding, by CONFIG. */
export interface CompactLimits {
  readonly hashMaxEntries: number;
  readonly hashMaxValue: number;
  readonly setMaxIntegers: number;
  /** 0 where sets have no listpacks. */
  readonly setMaxEntries: number;
  readonly setMaxValue: number;
  readonly zsetMaxEntries: number;
  readonly zsetMaxValue: number;
}

function hasSetGrown(set: KeySet, limits: CompactLimits): boolean | 'listpack' {
  let isOfIntegers = set.size <= limits.setMaxIntegers;
  let fits = set.size <= limits.setMaxEntries;
  for (let index = 0; index < set.size && (isOfIntegers || fits); index++) {
    const member = set.keyAt(index);
    isOfIntegers &&= parseInteger(member) !== undefined;
    fits &&= member.length <= limits.setMaxValue;
  }
  if (isOfIntegers) return false;
  return fits ? 'listpack' : true;
}

/** Whether a value that is stored whole (RESTORE, SUNIONSTORE) is beyond the compact encoding of its kind. */
export function hasGrown(kind: Kind, value: Value, limits: CompactLimits): boolean | 'listpack' {
  if (kind === 'set') return hasSetGrown(value as KeySet, limits);
  let grown = false;
  if (kind === 'hash') {
    const hash = value as FieldHash;
    if (hash.size > limits.hashMaxEntries) return true;
    hash.forEach((text, field) => {
      grown ||= Math.max(text.length, field.length) > limits.hashMaxValue;
    });
  } else if (kind === 'zset') {
    const set = value as SortedSet;
    if (set.size > limits.zsetMaxEntries) return true;
    set.forEach((member) => {
      grown ||= member.length > limits.zsetMaxValue;
    });
  }
  return grown;
}
