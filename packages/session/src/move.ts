import { AbortedError } from '@penknife/core';
import { type Budget, repeatMs } from './budget.js';
import { createScript, forgetEntry, leaveScript, restore, type SessionScript } from './commands.js';
import { markerOf, type SessionFacts } from './data/session-facts.js';
import { type Minted, type Place, publicIdOf } from './key-ring.js';
import type { SessionStore } from './store.js';

/** Most sessions a user can ever have: a session that only moves is not refused. */
export const mostSessions = 1000;

/** What a session is created with. */
export interface Birth {
  readonly user: string | null;
  /** Its description for lists, as stored. */
  readonly device: string;
  /** Keeps the three clocks of a session that only moves house; without: it starts now. */
  readonly keep?: Pick<SessionFacts, 'createdMs' | 'endsMs' | 'freshMs'>;
  /** A move is no login: it does not count against the user's maximum. */
  readonly maxSessions: number;
}

/** A session that stood elsewhere, as it is created anew. */
interface Came {
  readonly generation: string;
  /** The server's time when it left. */
  readonly leftAtMs?: number;
  /** The entry on the same list that it replaces. */
  readonly replaces?: string;
}

/** A session where it is now, or why it is not. */
export type Moved =
  | { readonly state: 'live'; readonly facts: SessionFacts; readonly stored: Map<string, string> }
  | { readonly state: 'full' }
  | { readonly state: 'gone'; readonly by: string };

/** Creates a session at a place where none may be. Twice is once. */
export async function createSession<Data extends object>(
  store: SessionStore<Data>,
  to: Place,
  stored: Map<string, string>,
  birth: Birth,
  call: Budget,
  { generation, leftAtMs = 0, replaces = '' }: Came = { generation: '1' },
): Promise<Moved> {
  const { idleMs, absoluteMs, version, whenFull, keepEndedMs } = store.options;
  const { user, device, keep, maxSessions } = birth;
  const data = [...stored].flat();
  await store.announce(to, call, keep && keep.endsMs - leftAtMs);
  const answer = await store.send(
    store.on(createScript, to, [
      idleMs,
      markerOf(version),
      generation,
      absoluteMs,
      keep?.createdMs ?? '',
      keep?.endsMs ?? '',
      keep?.freshMs ?? '',
      user ?? '',
      device,
      maxSessions,
      whenFull === 'refuse' ? 'refuse' : 'evict',
      replaces,
      store.channel,
      keepEndedMs,
      mostSessions,
      ...data,
    ]),
    call,
  );
  if (answer.state === 'live') return { state: 'live', facts: answer.facts, stored };
  return answer.state === 'refused' ? { state: 'full' } : { state: 'gone', by: answer.state };
}

/** Why a session goes elsewhere, with what it is created there. */
export interface Move {
  birth(facts: SessionFacts, device: string): Birth;
  /**
   * A login is none of parallel requests' business: its old id leads nowhere. A new secret is: they follow. What asks about a
   * session that has gone already; with none it goes on from there.
   */
  readonly unlessGone?: SessionScript;
}

/** Where a session was found that another request has moved. */
export interface Elsewhere {
  readonly state: 'elsewhere';
  readonly place: Place;
  readonly facts: SessionFacts;
  readonly nowMs: number;
}

/**
 * Moves a live session to a place in another slot, with all that is stored in it at that moment: it leaves, then it is
 * created there. When it cannot be created it is put back, unless it was ended meanwhile: whoever ends a user's sessions takes the
 * old entry off the list, without which none is created in the same slot, and one in another slot ends before anybody has its id. A caller
 * that goes away stops it between the two alone, and then it is put back as well: once it is created, no list may name the old one
 * any more, and nothing could be put back.
 */
export async function moveSession<Data extends object>(
  store: SessionStore<Data>,
  from: { readonly place: Place; readonly generation: string },
  to: Minted,
  { birth, unlessGone }: Move,
  call: Budget,
): Promise<Moved | Elsewhere> {
  const { idleMs, overlapMs, replayWatchMs } = store.options;
  const start = publicIdOf(from.place);
  // Once it leaves, it has to come to stand somewhere.
  const steady: Budget = call.signal?.aborted ? call : { untilMs: call.untilMs };
  const againMs = repeatMs(store.driver, call);
  const goes = (place: Place): boolean => unlessGone === undefined || publicIdOf(place) === start;
  const left = await store.follow(
    from.place,
    from.generation,
    (place, generation) =>
      goes(place)
        ? leaveScript(
            [store.sessionKey(place), store.userKey(place.tag), store.asideKey(place.tag, to)],
            [
              place.entry,
              idleMs,
              generation,
              publicIdOf(to),
              overlapMs,
              Math.max(replayWatchMs, againMs),
              store.channel,
              unlessGone === undefined ? 's' : 'm',
              againMs,
            ],
          )
        : store.on(unlessGone as SessionScript, place, [idleMs]),
    steady,
  );
  const { place: old, answer } = left;
  if (answer.state !== 'live') return { state: 'gone', by: answer.state };
  const { facts, flat, device } = answer;
  if (!goes(old)) return { state: 'elsewhere', place: old, facts, nowMs: answer.nowMs };
  const [oldKey, oldList] = [store.sessionKey(old), store.userKey(old.tag)];
  const putBack = async (): Promise<boolean> => {
    // Whoever looked for its end meanwhile found it gone, and does not come again.
    await store.announce(old, steady, facts.endsMs - answer.nowMs);
    // Its description, which comes last, is still on the list.
    const fields = flat.at(-2) === 'i' ? flat.slice(0, -2) : flat;
    return store.send(
      restore([oldKey, oldList], [old.entry, publicIdOf(to), idleMs, facts.user === null ? 0 : 1, ...fields]),
      steady,
    );
  };

  let made: Moved;
  let ended = false;
  try {
    if (call.signal?.aborted) throw new AbortedError(call.signal.reason, 'no');
    const came = {
      generation: String(Number(facts.generation) + 1),
      leftAtMs: answer.nowMs,
      ...(old.tag === to.tag && { replaces: old.entry }),
    };
    made = await createSession(store, to, answer.stored, birth(facts, device), steady, came);
    if (made.state === 'live' && facts.user !== null && old.tag !== to.tag) {
      const forget = forgetEntry([oldList, oldKey], [old.entry, publicIdOf(to), store.channel]);
      ended = !(await store.send(forget, steady));
    }
  } catch (error) {
    // Nobody has the new id yet: it is blocked first, so that the two can never live side by side.
    await store
      .destroy(to, { family: false, early: true }, steady)
      .then(putBack)
      .catch(() => false);
    throw error;
  }
  if (ended) {
    await store.destroy(to, { family: true, early: true }, steady);
    return { state: 'gone', by: 'revoked' };
  }
  if (made.state !== 'live' && !(await putBack())) return { state: 'gone', by: 'revoked' };
  return made;
}
