import { type Arg, type Command, defineScript, fragments, type Reply, refuse } from '@penknife/core';
import type { ResolvedRetention } from '../definition.js';
import appendEventsLua from '../scripts/append-events.lua';
import { addEntry, trimByAge } from '../scripts/fragments.js';
import saveSnapshotLua from '../scripts/save-snapshot.lua';

/** Where an aggregate's events and those of its category are. */
export interface AggregateKeys {
  readonly events: string;
  readonly category: string;
  readonly snapshot: string;
}

const name = 'streams/append-events';
const append = defineScript({
  name,
  lua: appendEventsLua,
  fragments: [fragments.nowMs, addEntry, trimByAge],
  keys: 2,
  args: 'any',
  read(reply: Reply): { readonly appended: boolean; readonly version: number } {
    const [appended, version] = Array.isArray(reply) ? reply : [];
    if (typeof version !== 'number') return refuse(name, 'a flag and a version', reply);
    return { appended: appended === 1, version };
  },
});

/** Appends events if the aggregate is at `expected` (-1: whatever it is at). */
export function appendEvents(
  { events, category }: AggregateKeys,
  expected: number,
  { maxLength = '', maxAgeMs = '' }: { readonly [Bound in keyof ResolvedRetention]: Arg | undefined },
  encoded: readonly (readonly Arg[])[],
): Command<{ readonly appended: boolean; readonly version: number }> {
  const words = encoded.flatMap((fields) => [fields.length, ...fields]);
  return append([events, category], [expected, maxLength, maxAgeMs, ...words]);
}

const save = defineScript({
  name: 'streams/save-snapshot',
  lua: saveSnapshotLua,
  keys: 1,
  args: 2,
  repeatable: true,
  read: (reply: Reply): boolean => reply === 1,
});

/** Keeps a snapshot; false when there is a later one. */
export function saveSnapshot(
  { snapshot }: AggregateKeys,
  version: number,
  state: string | Uint8Array,
): Command<boolean> {
  return save([snapshot], [version, state]);
}

/** The kept snapshot: version and state. */
export function readSnapshot({
  snapshot,
}: AggregateKeys): Command<{ readonly version: number; readonly state: Uint8Array } | null> {
  return {
    args: ['HMGET', snapshot, 'v', 's'],
    key: snapshot,
    bytes: true,
    repeatable: true,
    read(reply) {
      const [version, state] = Array.isArray(reply) ? reply : [];
      if (!(version instanceof Uint8Array) || !(state instanceof Uint8Array)) return null;
      return { version: Number(Buffer.from(version).toString()), state };
    },
  };
}
