import {
  arrayReply,
  type Command,
  defineScript,
  fragments,
  integerReply,
  nullableBytesReply,
  type Reply,
  refuse,
  type ScriptCall,
  stringReply,
} from '@penknife/core';
import type { Places, Tag } from '../keys.js';
import announceLua from '../scripts/announce.lua';
import catchUpLua from '../scripts/catch-up.lua';
import keepTagsLua from '../scripts/keep-tags.lua';
import recordLua from '../scripts/record.lua';
import tagLua from '../scripts/tag.lua';

/** What an invalidation hits. */
export type InvalidationKind = 'key' | 'clear' | 'expire' | 'remove-tag' | 'expire-tag';

/** One invalidation as it stands in the log: `id` names a key or a tag. */
export interface Invalidated {
  readonly kind: InvalidationKind;
  readonly id: string;
}

/** What was invalidated since a position. */
export interface CatchUp {
  readonly serverMs: number;
  readonly record: string;
  /** False: the log cannot tell; drop everything. */
  readonly complete: boolean;
  readonly invalidations: readonly { readonly kind: string; readonly id: string }[];
}

/** The record after an announcement, and the processes that are to confirm it. */
export interface Announced {
  readonly record: string;
  readonly members: readonly string[];
}

/** What the caller knows of the invalidations of a cache. A record that is behind it has lost writes, and is made anew. */
export interface Known {
  /** Undefined: nothing. */
  readonly origin: string | undefined;
  readonly position: number;
  /** For a record that has to be made. */
  newOrigin(): string;
}

/** The most invalidations in one announcement. */
export const mostAnnounced = 100;

// Each may run twice: a second invalidation only invalidates again.
const announceScript: ScriptCall<Announced, number, number> = defineScript({
  name: 'cache/announce',
  lua: announceLua,
  fragments: [fragments.nowMs, recordLua, tagLua],
  keys: 'any',
  args: 'any',
  repeatable: true,
  read: (reply) => {
    const [record = '', ...members] = texts('cache/announce')(reply);
    return { record, members };
  },
});

const catchUpScript: ScriptCall<CatchUp, 3, 6> = defineScript({
  name: 'cache/catch-up',
  lua: catchUpLua,
  fragments: [fragments.nowMs, recordLua],
  keys: 3,
  args: 6,
  repeatable: true,
  read: readCatchUp,
});

const keepTagsScript: ScriptCall<readonly string[], number, 5> = defineScript({
  name: 'cache/keep-tags',
  lua: keepTagsLua,
  fragments: [fragments.nowMs, recordLua, tagLua],
  keys: 'any',
  args: 5,
  repeatable: true,
  read: (reply) => texts('cache/keep-tags')(reply),
});

const logLifeMs = 3_600_000;

/** Several keys of one slot at once. */
export function readMany(keys: readonly string[], key: string): Command<(Uint8Array | null)[]> {
  return { args: ['MGET', ...keys], key, repeatable: true, bytes: true, read: readValues };
}

/** Enters invalidations into the log and tells everybody. `confirmOn`: a channel; the processes that are to confirm are given. */
export function announce(
  { record, log, members, news }: Places,
  invalidated: readonly Invalidated[],
  known: Known,
  options: {
    readonly logLength: number;
    readonly by: string;
    readonly confirmOn: string | undefined;
    readonly tags: readonly Tag[];
  },
): Command<Announced> {
  const { logLength, by, confirmOn = '-', tags } = options;
  const { origin = '-', position } = known;
  const told = invalidated.flatMap(({ kind, id }) => [kind, id]);
  return announceScript(
    [record, log, members, ...tags.map(({ key }) => key)],
    [known.newOrigin(), logLength, logLifeMs, news, confirmOn, by, origin, position, ...told],
  );
}

/** What was invalidated since what is known. `member`: counts as a process with a tier of its own for `memberMs`. */
export function catchUp(
  { record, log, members }: Places,
  known: Known,
  limit: number,
  member: string | undefined,
  memberMs: number,
): Command<CatchUp> {
  const { origin = '-', position } = known;
  const newOrigin = known.newOrigin();
  return catchUpScript([record, log, members], [newOrigin, origin, position, limit, member ?? '-', memberMs]);
}

/** Sees to it that tags have records for `lifeMs`. Gives the record of the cache, then those of the tags. */
export function keepTags(
  { record, log }: Places,
  tags: readonly Tag[],
  known: Known,
  lifeMs: number,
): Command<readonly string[]> {
  const { origin = '-', position } = known;
  const grantedMs = Math.max(2 * lifeMs, 3_600_000);
  const keys = [record, log, ...tags.map(({ key }) => key)];
  return keepTagsScript(keys, [known.newOrigin(), lifeMs, grantedMs, origin, position]);
}

/** A process with a tier goes: nobody waits for it any more. */
export function leave({ members }: Places, member: string): Command<number> {
  return { args: ['ZREM', members, member], key: members, repeatable: true, read: integerReply('ZREM') };
}

/** Tells the one who waits for it that invalidations were heard and applied. */
export function confirm(channel: string, text: string): Command<number> {
  return { args: ['PUBLISH', channel, text], repeatable: true, read: integerReply('PUBLISH') };
}

const readValues = arrayReply('MGET', nullableBytesReply('MGET'));
const texts = (name: string) => arrayReply(name, stringReply(name));

function readCatchUp(reply: Reply): CatchUp {
  const name = 'cache/catch-up';
  if (!Array.isArray(reply) || reply.length !== 4) return refuse(name, 'an array of 4', reply);
  const told = arrayReply(name, stringReply(name))(reply[3]);
  const invalidations: { kind: string; id: string }[] = [];
  for (let i = 0; i < told.length; i += 2) {
    invalidations.push({ kind: told[i] as string, id: told[i + 1] as string });
  }
  return {
    serverMs: integerReply(name)(reply[0]),
    record: stringReply(name)(reply[1]),
    complete: reply[2] === 1,
    invalidations,
  };
}
