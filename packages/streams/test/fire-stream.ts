import { defineStream, type PartitionedDefinition } from '../src/index.js';
import { type Numbered, numbered } from './sample-streams.js';

/** The stream of the soak. */
export const fired: PartitionedDefinition<{ readonly data: Numbered }, { readonly data: Numbered }> =
  defineStream('fired', { schema: numbered, retention: 'forever', partitions: 4 });

/** The list to which the effects of one partition are written. */
export function effectsKey(hashTag: string): string {
  return `effects:${hashTag}`;
}

/** What is wrong with the effects, `key n` each: of every key 0, 1, 2, … must stand there once, in this order. */
export function effectFaults(effects: readonly string[], appended: ReadonlyMap<string, number>): string[] {
  const next = new Map<string, number>();
  const faults: string[] = [];
  for (const effect of effects) {
    const [key = '', n = ''] = effect.split(' ');
    const expected = next.get(key) ?? 0;
    if (Number(n) !== expected) faults.push(`${key}: ${n} where ${expected} was due`);
    next.set(key, Math.max(expected, Number(n) + 1));
  }
  for (const [key, count] of appended) {
    const done = next.get(key) ?? 0;
    if (done !== count) faults.push(`${key}: ${done} of ${count} done`);
  }
  return faults;
}
