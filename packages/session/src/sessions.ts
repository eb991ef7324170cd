import {
  type CallOptions,
  checkDriver,
  checkObject,
  type Driver,
  defineTrace,
  InvalidArgumentError,
} from '@penknife/core';
import type { Budget } from './budget.js';
import { listSessions, loadScript } from './commands.js';
import { readSnapshot } from './data/snapshot.js';
import { readSessions, type SessionSummary } from './device.js';
import {
  type ExpiredSession,
  type ExpiryOptions,
  type ExpiryWatch,
  watchExpiry,
} from './expiry/watch-expiry.js';
import { HeldSession } from './handle/held-session.js';
import { type Place, placeOf, publicIdOf } from './key-ring.js';
import { resolveOptions, type SessionData, type SessionOptions } from './options.js';
import { type Gone, goneBy } from './outcome.js';
import { isRefused, tellRefused } from './refused.js';
import { checkUser, Session } from './session.js';
import { SessionStore } from './store.js';
import { tellListener } from './tell-listener.js';

/**
 * What loading found. `not-ours`: nothing this key ring signed, and nobody was asked. `replayed`: an id from before a
 * rotation, after its overlap.
 */
export type LoadOutcome<Data extends object> =
  | { readonly ok: true; readonly session: Session<Data> }
  | { readonly ok: false; readonly reason: Gone | 'not-ours' | 'replayed' };

/** The sessions of an application. Only `onExpired` and a session's `onRevoked` hold a timer and, the latter, a subscription. */
export interface Sessions<Data extends object> {
  /** A session that is not stored yet: the first `save()` or `login()` stores it, under an id made here and never before. */
  start(): Session<Data>;
  /**
   * The session a token leads to, used just now. One command; none for a token that this key ring did not sign. Rejects with
   * `SessionUnavailableError` when the server cannot be asked: that is not the same as no session.
   */
  load(token: string, call?: CallOptions): Promise<LoadOutcome<Data>>;
  /** The live sessions of a user, oldest first. One command for each secret of the ring. */
  list(user: string, call?: CallOptions): Promise<readonly SessionSummary[]>;
  /**
   * Ends the session of this public id. With `user` only when it is one of this user's: pass it whenever the public id
   * comes from outside; `undefined` is refused, as every user that cannot be one. True when it was live.
   */
  revoke(publicId: string, options?: CallOptions & { readonly user?: string }): Promise<boolean>;
  /** Ends all sessions of a user, at once and in O(1). One command, and two more for each older secret of the ring. True when there were any. */
  revokeAll(user: string, call?: CallOptions): Promise<boolean>;
  /**
   * Tells of sessions that ran out, each at least once, by one of the processes that ask for it. Needs `keepEndedMs`: a
   * session that ran out longer ago, because nobody looked, goes untold. When the listener rejects it is told again after 30 s.
   * Sessions that were logged out, revoked or evicted are not told.
   */
  onExpired(
    listener: (session: ExpiredSession<Data>) => void | Promise<void>,
    options?: ExpiryOptions,
  ): ExpiryWatch;
  /** Ends all that `onExpired` and `onRevoked` began. Sessions can still be loaded and saved. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const trace = defineTrace('session.load');

/**
 * Makes the sessions of an application: a hash each, of which a save writes the changed fields only, and which no late request
 * can bring back once it has ended.
 *
 * ```ts
 * const sessions = createSessions(driver, { secrets: [{ id: 'a', secret: process.env.SESSION_SECRET }] });
 * const session = sessions.start();
 * session.set('cart', ['book']);
 * await session.login(userId);
 * ```
 */
export function createSessions<Data extends object = SessionData>(
  driver: Driver,
  options: SessionOptions<Data>,
): Sessions<Data> {
  checkDriver(driver);
  const resolved = resolveOptions(options);
  const store = new SessionStore(driver, resolved);
  const { ring, idleMs, touchAfterMs, replay, onReplay } = resolved;

  async function load(token: string, options?: CallOptions): Promise<LoadOutcome<Data>> {
    const call = store.budget(options);
    const opened = ring.open(token);
    if (opened === null) return { ok: false, reason: 'not-ours' };
    const { place, answer } = await store.follow(
      opened,
      '',
      (at) => store.on(loadScript, at, [idleMs, touchAfterMs]),
      call,
    );
    if (answer.state === 'replayed') {
      await replayed(placeOf(answer.to), call);
      return { ok: false, reason: 'replayed' };
    }
    if (answer.state !== 'live') return { ok: false, reason: goneBy(answer.state) };
    const found = await readSnapshot(answer, resolved, store.codec);
    if (found === null) return { ok: false, reason: 'unreadable' };
    const held = new HeldSession(store, place === opened ? opened : place, found);
    return { ok: true, session: new Session(held) };
  }

  async function replayed(next: Place | null, call: Budget): Promise<void> {
    if (next === null) return;
    const revoked = replay === 'revoke';
    if (revoked) await store.destroy(next, { family: true, early: false }, call);
    tellListener(onReplay, { publicId: publicIdOf(next), revoked });
  }

  const tagsOf = (user: string): readonly string[] => {
    checkUser(user);
    return ring.tagsOf(user);
  };

  const expiries = new Set<ExpiryWatch>();

  async function close(): Promise<void> {
    await Promise.all([store.watched.close(), ...[...expiries].map((each) => each.close())]);
  }

  return {
    start: () => new Session(new HeldSession(store, ring.mint(driver.random))),
    async load(token, call) {
      const outcome = await trace.quietly(
        () => ({}),
        () => load(token, call),
      );
      if (!outcome.ok && isRefused(outcome.reason)) tellRefused(outcome.reason);
      return outcome;
    },
    async list(user, options) {
      const call = store.budget(options);
      const lists = await Promise.all(
        tagsOf(user).map(async (tag) =>
          readSessions(await store.send(listSessions(store.userKey(tag)), call), tag, idleMs),
        ),
      );
      return lists.flat().sort((a, b) => a.createdMs - b.createdMs);
    },
    async revoke(publicId, given = {}) {
      checkObject('options', given);
      const { user, ...options } = given;
      const call = store.budget(options);
      const place = placeOf(publicId);
      if (place === null) {
        throw new InvalidArgumentError('publicId', 'must be the public id of a session', typeof publicId);
      }
      // One who is told but not known is nobody's owner, and no reason to ask nobody.
      if ('user' in given && !tagsOf(user as string).includes(place.tag)) return false;
      return store.destroy(place, { family: false, early: false }, call);
    },
    async revokeAll(user, options) {
      const call = store.budget(options);
      return store.endAll(tagsOf(user), call);
    },
    onExpired(listener, expiryOptions) {
      const watch = watchExpiry(store, listener, expiryOptions);
      const own: ExpiryWatch = {
        async close() {
          await watch.close();
          expiries.delete(own);
        },
      };
      expiries.add(own);
      return own;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
