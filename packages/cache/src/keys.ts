import { defineKeys, InvalidArgumentError, type Keys, keyPart } from '@penknife/core';
import { LRUCache } from 'lru-cache';

/** Every key of this package. Entry and lease of one key share a slot; the record and the log of a cache share another. */
export const cacheKeys: Keys<{
  readonly entry: { readonly life: 'ephemeral'; readonly holds: string };
  readonly lease: { readonly life: 'ephemeral'; readonly holds: string };
  readonly unstored: { readonly life: 'durable'; readonly holds: string; readonly bound: string };
  readonly record: { readonly life: 'durable'; readonly holds: string; readonly bound: string };
  readonly log: { readonly life: 'ephemeral'; readonly holds: string };
  readonly tag: { readonly life: 'ephemeral'; readonly holds: string };
  readonly members: { readonly life: 'ephemeral'; readonly holds: string };
}> = defineKeys({
  pattern: 'ca',
  version: 1,
  kinds: {
    entry: {
      life: 'ephemeral',
      holds: 'one value with its header; gone when it may not even serve for errors',
    },
    lease: { life: 'ephemeral', holds: 'who loads the value and who waits for it, or a remembered failure' },
    unstored: {
      life: 'durable',
      holds:
        'the last write of a key that is written behind, until it is stored; then its id, a minute longer than the log has it',
      bound: 'one per key whose last write is not stored yet',
    },
    record: {
      life: 'durable',
      holds: 'origin, position and floors of the invalidations of a cache, some 20 bytes',
      bound: 'one per cache',
    },
    log: {
      life: 'ephemeral',
      holds: 'the last invalidations of a cache; capped, gone an hour after the last',
    },
    tag: {
      life: 'ephemeral',
      holds:
        'floors of one tag, some 60 bytes; outlives the entries that bear it, and without it they are missed',
    },
    members: {
      life: 'ephemeral',
      holds: 'the processes with a tier of their own; each for a minute after it was last heard of',
    },
  },
});

/** Where the things of one key are. `id`: the key as it stands in Redis keys, the log and messages. */
export interface Place {
  readonly key: string;
  readonly id: string;
  readonly entry: string;
  readonly lease: string;
  /** Its last write, while that is not stored. */
  readonly unstored: string;
}

/** A tag. `id`: as it stands in Redis keys, entries, the log and messages. */
export interface Tag {
  readonly id: string;
  /** Where its floors are. */
  readonly key: string;
}

/** The keys and channels of one cache. */
export interface Places {
  readonly record: string;
  readonly log: string;
  readonly members: string;
  /** Where invalidations are told. */
  readonly news: string;
  /** Where one process is told that what it waits for has happened. */
  wake(process: string): string;
  of(key: string): Place;
  /** Tags in the order given, each once, after those of before. */
  tags(tags: readonly string[], before?: readonly Tag[]): readonly Tag[];
  /** A tag by its id, as it stands in an entry. */
  tagOf(id: string): Tag;
}

/** The most tags of one entry: as many as Next allows. */
export const mostTags = 128;
/** The keys of so many tags are remembered: calls declare the same ones again and again. */
const mostKnownTags = 1000;
const noTags: readonly Tag[] = [];

/** Builds the keys and channels of one cache; throws `InvalidArgumentError` for a namespace or key that breaks a rule. */
export function placesOf(namespace: string, name: string): Places {
  const keys = cacheKeys.in(namespace);
  // What the builders put before a key: they would encode the name again with each call.
  const entry = opening(keys.entry([name, 'k']));
  const lease = opening(keys.lease([name, 'k']));
  const unstored = opening(keys.unstored([name, 'k']));
  const tagOf = (id: string): Tag => ({ id, key: keys.tag(name, id) });
  const known = new LRUCache<string, Tag>({ max: mostKnownTags });
  const tagNamed = (named: string): Tag => {
    const found = known.get(named);
    if (found !== undefined) return found;
    const tag = tagOf(keyPart(named, 'tag'));
    known.set(named, tag);
    return tag;
  };
  return {
    record: keys.record(name),
    log: keys.log(name),
    members: keys.members(name),
    news: `${namespace}:ca1:news:${keyPart(name, 'name')}`,
    wake: (process) => `${namespace}:ca1:wake:${process}`,
    of(key) {
      const id = keyPart(key, 'key');
      return { key, id, entry: `${entry}${id}}`, lease: `${lease}${id}}`, unstored: `${unstored}${id}}` };
    },
    tags(tags, before = noTags) {
      if (!Array.isArray(tags)) throw new InvalidArgumentError('tags', 'must be a list of strings', tags);
      if (tags.length === 0) return before;
      const all: Tag[] = [...before];
      for (const name of tags) {
        const tag = tagNamed(name);
        if (all.some(({ id }) => id === tag.id)) continue;
        all.push(tag);
        if (all.length > mostTags) {
          throw new InvalidArgumentError('tags', `must be at most ${mostTags}`, tags.length);
        }
      }
      return all;
    },
    tagOf,
  };
}

/** A built key without its last part, `k}`. */
function opening(key: string): string {
  return key.slice(0, -2);
}
