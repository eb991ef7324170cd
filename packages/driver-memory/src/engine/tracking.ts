import type { Reply } from './reply.js';
import type { Session } from './session.js';

/** What CLIENT TRACKING set for a session. */
export interface TrackingState {
  /** The session that is told instead; undefined: the session itself (RESP3). */
  readonly redirect: number | undefined;
  readonly broadcast: boolean;
  readonly optIn: boolean;
  readonly optOut: boolean;
  readonly noLoop: boolean;
  readonly prefixes: string[];
  /** The redirect target is gone. */
  broken: boolean;
  /** CLIENT CACHING: what the next command is to be. */
  caching: boolean | undefined;
}

/** Keys remembered for sessions that track what they read; beyond it the oldest are told as changed. */
const remembered = 1_000_000;

/** CLIENT TRACKING: who read which keys, and who wants to hear of prefixes. */
export class Tracking {
  readonly #readers = new Map<string, Set<number>>();
  readonly #broadcasters = new Set<Session>();
  readonly #sessionById: (id: number) => Session | undefined;
  readonly #trackers = new Set<Session>();
  /** Keys changed by the command under way, told when it is over. */
  #changes: { readonly key: string; readonly by: Session | undefined }[] = [];

  constructor(sessionById: (id: number) => Session | undefined) {
    this.#sessionById = sessionById;
  }

  /** True while anybody tracks. */
  get active(): boolean {
    return this.#trackers.size > 0;
  }

  get pending(): boolean {
    return this.#changes.length > 0;
  }

  /** Keys that somebody read and tracks. */
  get rememberedKeys(): number {
    return this.#readers.size;
  }

  get trackers(): number {
    return this.#trackers.size;
  }

  enable(session: Session, state: TrackingState): void {
    this.#trackers.add(session);
    session.tracking = state;
    if (state.broadcast) this.#broadcasters.add(session);
  }

  disable(session: Session): void {
    if (!this.#trackers.delete(session)) return;
    session.tracking = undefined;
    this.#broadcasters.delete(session);
    if (this.#trackers.size === 0) this.#readers.clear();
  }

  /** A session that tracks read these keys. */
  read(session: Session, keys: readonly string[]): void {
    for (const key of keys) {
      let readers = this.#readers.get(key);
      if (readers === undefined) {
        readers = new Set();
        this.#readers.set(key, readers);
        if (this.#readers.size > remembered) this.#forgetOldest();
      }
      readers.add(session.id);
    }
  }

  changed(key: string, by: Session | undefined): void {
    this.#changes.push({ key, by });
  }

  /** FLUSHALL and FLUSHDB: everything is stale. */
  flushed(): void {
    if (!this.active) return;
    this.#readers.clear();
    for (const session of this.#trackers) this.#tell(session, null);
  }

  /** Tells what changed since the last call. */
  deliver(): void {
    const changes = this.#changes;
    this.#changes = [];
    const broadcasts = new Map<Session, string[]>();
    for (const { key, by } of changes) {
      const readers = this.#readers.get(key);
      if (readers !== undefined) {
        this.#readers.delete(key);
        for (const id of readers) {
          const session = this.#sessionById(id);
          const state = session?.tracking;
          if (session === undefined || state === undefined || state.broadcast) continue;
          if (!(state.noLoop && session === by)) this.#tell(session, [key]);
        }
      }
      for (const session of this.#broadcasters) {
        const state = session.tracking as TrackingState;
        if (state.noLoop && session === by) continue;
        if (!state.prefixes.some((prefix) => key.startsWith(prefix))) continue;
        const keys = broadcasts.get(session);
        if (keys === undefined) broadcasts.set(session, [key]);
        else if (!keys.includes(key)) keys.push(key);
      }
    }
    for (const [session, keys] of broadcasts) this.#tell(session, keys);
  }

  #forgetOldest(): void {
    const [key] = this.#readers.keys();
    if (key !== undefined) this.changed(key, undefined);
  }

  #tell(session: Session, keys: readonly string[] | null): void {
    const state = session.tracking as TrackingState;
    const payload: Reply = keys;
    if (state.redirect === undefined) {
      if (session.protocol === 3) session.push(['invalidate', payload]);
      return;
    }
    const target = this.#sessionById(state.redirect);
    if (target === undefined) {
      state.broken = true;
      if (session.protocol === 3) session.push(['tracking-redir-broken', state.redirect]);
      return;
    }
    if (target.protocol === 3) target.push(['invalidate', payload]);
    else if (target.channels.has('__redis__:invalidate'))
      target.push(['message', '__redis__:invalidate', payload]);
  }
}
