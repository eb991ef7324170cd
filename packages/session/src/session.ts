import {
  type CallOptions,
  checkObject,
  type Duration,
  durationMs,
  InvalidArgumentError,
} from '@penknife/core';
import type { Budget } from './budget.js';
import type { ChangeOptions, LoginOptions, RegenerateOptions, SetOptions } from './call-options.js';
import { checkFieldName } from './data/session-fields.js';
import { describeDevice } from './device.js';
import { CsrfError, NotFreshError, SessionStateError } from './errors.js';
import { csrfTokenOf, isCsrfTokenOf } from './handle/csrf.js';
import { leaveFlash, takeFlash } from './handle/flash.js';
import type { HeldSession } from './handle/held-session.js';
import { endOthers } from './handle/others.js';
import { refreshHeld } from './handle/refresh.js';
import { moveHeld, regenerateHeld } from './handle/rotate.js';
import { saveHeld } from './handle/save.js';
import { publicIdOf } from './key-ring.js';
import type { LoginOutcome, SaveOutcome } from './outcome.js';
import { checkListener } from './tell-listener.js';
import type { SessionEnd, SessionWatch } from './watch/watched-sessions.js';

type Field<Data> = keyof Data & string;

/**
 * One session, as one request holds it. Reads are from what was loaded with the own changes on top; nothing is written before
 * `save()`, and then the changed fields alone. Acts on one handle run one after another. Safe to inspect and to log:
 * only `token` tells the id.
 */
export class Session<Data extends object> {
  readonly #held: HeldSession<Data>;
  #destroyed = false;
  #tail: Promise<unknown> = Promise.resolve();

  /** Made by `createSessions`. */
  constructor(held: HeldSession<Data>) {
    this.#held = held;
  }

  /** Names the session in lists and logs; nobody gets in with it. Changes with the id. */
  get publicId(): string {
    return publicIdOf(this.#held.place);
  }

  /** What the cookie carries: a secret. Null when the session was reached by an id from before a rotation. */
  get token(): string | null {
    return this.#held.token;
  }

  /** Who is logged in, or null: also once this handle knows that the session is over. */
  get user(): string | null {
    return this.#held.over === null ? (this.#held.facts?.user ?? null) : null;
  }

  /** `new`: not stored yet. `over`: logged out, revoked or run out, as far as this handle knows. */
  get state(): 'new' | 'live' | 'over' {
    return this.#held.state;
  }

  /** When it was made or logged in, last seen (to within `touchAfterMs`), and when it ends at the latest; null while new. */
  get times(): { readonly createdMs: number; readonly seenMs: number; readonly endsMs: number } | null {
    const { facts } = this.#held;
    return facts && { createdMs: facts.createdMs, seenMs: facts.seenMs, endsMs: facts.endsMs };
  }

  /** True when `destroy()` ended it through this handle: the request that logs out. */
  get destroyed(): boolean {
    return this.#destroyed;
  }

  /** True when there is something to save. */
  get changed(): boolean {
    return this.#held.fields.changed || this.#held.migrated || this.#held.wanted;
  }

  /** True when fields or messages were changed and are not saved: with an end of the session these are lost. */
  get unsaved(): boolean {
    return this.#held.fields.changed;
  }

  /** True when the id is older than `renewalMs`, or made with an older secret: time for `renew()`. */
  get renewalDue(): boolean {
    return this.#held.renewalDue;
  }

  /** The value of a field, frozen: to change it, `set` a new one. */
  get<F extends Field<Data>>(field: F): Data[F] | undefined {
    return this.#held.fields.get(`.${field}`) as Data[F] | undefined;
  }

  /** All fields, as an object of its own. */
  get data(): Readonly<Partial<Data>> {
    return this.#held.fields.all() as Partial<Data>;
  }

  /**
   * Changes one field. Of two saves of the same field the later one wins, unless `onlyIfUnchanged` says otherwise, which holds
   * for later changes of the field, too, until it is saved, refused, or `refresh()` shows what stands there. Throws `CodecError` for what has no JSON form.
   */
  set<F extends Field<Data>>(field: F, value: Exclude<Data[F], undefined>, options: SetOptions = {}): void {
    this.#held.refuseOver();
    checkFieldName(field);
    checkObject('options', options);
    const { onlyIfUnchanged, ttlMs } = options;
    const life = ttlMs === undefined ? null : durationMs(ttlMs, 'ttlMs', { minMs: 1 });
    this.#held.fields.set(`.${field}`, value, { onlyIfUnchanged, ttlMs: life });
  }

  /** Removes one field. */
  delete(field: Field<Data>, options: ChangeOptions = {}): void {
    this.#held.refuseOver();
    checkFieldName(field);
    checkObject('options', options);
    // Nothing is stored yet that could go.
    if (this.#held.facts === null) this.#held.fields.discard(`.${field}`);
    else this.#held.fields.delete(`.${field}`, options);
  }

  /**
   * Leaves a message for the page after this one. Each is a field of its own, so those of parallel requests are all kept.
   * Kinds are named as fields are.
   */
  flash(kind: string, message: unknown): void {
    this.#held.refuseOver();
    leaveFlash(this.#held, kind, message);
  }

  /**
   * The messages of a kind, in the order in which they were left (by the clocks of the processes), and takes them away with
   * the next save. Of requests that run at the same time more than one may get them.
   */
  takeFlash(kind: string): readonly unknown[] {
    return takeFlash(this.#held, kind);
  }

  /**
   * A token to put into forms, or to give to the page's scripts, and to ask back with what changes something. Bound to
   * the session (to the user and the millisecond of the login): it outlives a new id, not a login or a logout. Each call gives another text for it. A new session has to
   * be stored for it: a `flash` or `set` in the same request does, and so does the token itself.
   */
  csrfToken(): string {
    this.#held.refuseOver();
    return csrfTokenOf(this.#held);
  }

  /** Throws `CsrfError` (403) unless this is a token of this session. Compares in constant time. */
  requireCsrf(token: unknown): void {
    if (!isCsrfTokenOf(this.#held, token)) throw new CsrfError();
  }

  /** True when the user logged in, or proved again who they are, within the last `maxAgeMs` (server's clock). */
  isFresh(maxAgeMs: Duration): boolean {
    const most = durationMs(maxAgeMs, 'maxAgeMs');
    const { facts, over } = this.#held;
    return (
      facts !== null && facts.user !== null && over === null && this.#held.serverNow() - facts.freshMs <= most
    );
  }

  /** Throws `NotFreshError` (401) unless `isFresh(maxAgeMs)`: for what needs a recent login. */
  requireFresh(maxAgeMs: Duration): void {
    if (!this.isFresh(maxAgeMs)) throw new NotFreshError(durationMs(maxAgeMs, 'maxAgeMs'));
  }

  /**
   * Writes the changed fields, all or none, if the session still lives. One command; none when nothing changed. Never sent
   * twice: after an error with `sent: 'maybe'` the changes may have been made, and count as unsaved.
   */
  save(call?: CallOptions): Promise<SaveOutcome> {
    return this.#alone(call, (budget) => saveHeld(this.#held, budget));
  }

  /**
   * Logs a user in: the session gets a new id in the user's slot, its data kept, and the old id ends. A request that still
   * runs under the old one keeps what it loaded and cannot save. Changes that were not saved are saved first. The data is kept also
   * from the session of another user: what must not be found there is deleted before.
   */
  async login(user: string, options: LoginOptions = {}): Promise<LoginOutcome> {
    checkUser(user);
    checkObject('options', options);
    const { address, agent, label, ...call } = options;
    const device = describeDevice({ address, agent, label });
    const { maxSessions } = this.#held.store.options;
    return this.#alone(call, (budget) => moveHeld(this.#held, { user, device, maxSessions }, budget));
  }

  /**
   * Gives the session a new id, its data kept, saved first where needed. The old id leads on for `overlapMs`, so parallel
   * requests lose nothing; used later it is a replay. Call it whenever the user's rights change. Of requests that call it at
   * the same time the first one rotates and has the token; for the others, and for whoever came by an old id, it is done.
   */
  async regenerate(options: RegenerateOptions = {}): Promise<SaveOutcome> {
    checkObject('options', options);
    const { fresh = false, ...call } = options;
    if (typeof fresh !== 'boolean') throw new InvalidArgumentError('fresh', 'must be true or false', fresh);
    return this.#alone(call, (budget) => regenerateHeld(this.#held, { fresh, renewal: false }, budget));
  }

  /** Saves, and regenerates when `renewalDue`. Of requests that find it due together, one does it for all. */
  renew(call?: CallOptions): Promise<SaveOutcome> {
    return this.#alone(call, (budget) =>
      this.#held.renewalDue
        ? regenerateHeld(this.#held, { fresh: false, renewal: true }, budget)
        : saveHeld(this.#held, budget),
    );
  }

  /**
   * Ends the session for good, and what a parallel rotation or login made of it. Nothing saves to it or brings it back,
   * however late. True when it was live.
   */
  destroy(call?: CallOptions): Promise<boolean> {
    return this.#alone(call, async (budget) => {
      const live = await this.#held.store.destroy(this.#held.place, { family: true, early: true }, budget);
      this.#held.end('revoked');
      this.#destroyed = true;
      return live;
    });
  }

  /**
   * Reads the session again: for requests that last, and to decide anew after a conflict. Own changes stay on top, but for
   * those `onlyIfUnchanged` that would meet a conflict. False when the session is over. Does not count as use.
   */
  refresh(call?: CallOptions): Promise<boolean> {
    return this.#alone(call, (budget) => refreshHeld(this.#held, budget));
  }

  /** Ends all other sessions of the user, at once. False when this one is over. */
  revokeOthers(call?: CallOptions): Promise<boolean> {
    return this.#alone(call, (budget) => endOthers(this.#held, budget));
  }

  /**
   * Tells, once, that this session is over: logged out, revoked, evicted, or run out. For connections that outlive their
   * request, so that they can be closed. Resolves when the watch stands and the session lived at that moment, or was told
   * of; rejects when the server cannot be asked. A revocation is told at once as long as messages get through, and in any
   * case within `recheckMs`; running out within `recheckMs`. Watching is no use: it does not extend the idle time.
   */
  async onRevoked(listener: (end: SessionEnd) => void, call?: CallOptions): Promise<SessionWatch> {
    checkListener(listener);
    const held = this.#held;
    return this.#alone(call, async (budget) => {
      if (held.state !== 'live')
        throw new SessionStateError(`a session that is ${held.state} cannot be watched`);
      return held.store.watched.watch(held.place, listener, budget);
    });
  }

  async #alone<T>(call: CallOptions | undefined, run: (budget: Budget) => Promise<T>): Promise<T> {
    const budget = this.#held.store.budget(call);
    const done = this.#tail.then(() => run(budget));
    this.#tail = done.catch(() => undefined);
    return done;
  }
}

/** Half a character: all of them are the same bytes, and their users would share everything. */
const loneSurrogate = /\p{Surrogate}/u;

/** Refuses what cannot be a user's id, without repeating it. */
export function checkUser(user: unknown): asserts user is string {
  if (typeof user !== 'string' || user.length < 1 || user.length > 256 || loneSurrogate.test(user)) {
    throw new InvalidArgumentError('user', 'must be well-formed text of 1 to 256 characters', typeof user);
  }
}
