import type { Reply } from './reply.js';

/** What CLIENT TRACKING set for a client. */
export interface TrackingState {
  /** The client that is told instead; undefined: the client itself (RESP3). */
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

/** One that tracks, or is told in another's place. */
export interface TrackedClient {
  readonly id: number;
  readonly protocol: 2 | 3;
  readonly channels: ReadonlySet<string>;
  tracking: TrackingState | undefined;
  push(items: readonly Reply[]): void;
}

/** Keys remembered for sessions that track what they read; beyond it the oldest are told as changed. */
const remembered = 1_000_000;

/** CLIENT TRACKING: who read which keys, and who wants to hear of prefixes. */
export class Tracking {
  readonly #readers = new Map<string, Set<number>>();
  readonly #broadcasters = new Set<TrackedClient>();
  readonly #clientById: (id: number) => TrackedClient | undefined;
  readonly #trackers = new Set<TrackedClient>();
  /** Keys changed by the command under way, told when it is over. */
  #changes: { readonly key: string; readonly by: object | undefined }[] = [];

  constructor(clientById: (id: number) => TrackedClient | undefined) {
    this.#clientById = clientById;
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

  enable(client: TrackedClient, state: TrackingState): void {
    this.#trackers.add(client);
    client.tracking = state;
    if (state.broadcast) this.#broadcasters.add(client);
  }

  disable(client: TrackedClient): void {
    if (!this.#trackers.delete(client)) return;
    client.tracking = undefined;
    this.#broadcasters.delete(client);
    if (this.#trackers.size === 0) this.#readers.clear();
  }

  /** A client that tracks read these keys. */
  read(client: TrackedClient, keys: readonly string[]): void {
    for (const key of keys) {
      let readers = this.#readers.get(key);
      if (readers === undefined) {
        readers = new Set();
        this.#readers.set(key, readers);
        if (this.#readers.size > remembered) this.#forgetOldest();
      }
      readers.add(client.id);
    }
  }

  changed(key: string, by: object | undefined): void {
    this.#changes.push({ key, by });
  }

  /** FLUSHALL and FLUSHDB: everything is stale. */
  flushed(): void {
    if (!this.active) return;
    this.#readers.clear();
    for (const client of this.#trackers) this.#tell(client, null);
  }

  /** Tells what changed since the last call. */
  deliver(): void {
    const changes = this.#changes;
    this.#changes = [];
    const broadcasts = new Map<TrackedClient, string[]>();
    for (const { key, by } of changes) {
      const readers = this.#readers.get(key);
      if (readers !== undefined) {
        this.#readers.delete(key);
        for (const id of readers) {
          const client = this.#clientById(id);
          const state = client?.tracking;
          if (client === undefined || state === undefined || state.broadcast) continue;
          if (!(state.noLoop && client === by)) this.#tell(client, [key]);
        }
      }
      for (const client of this.#broadcasters) {
        const state = client.tracking as TrackingState;
        if (state.noLoop && client === by) continue;
        if (!state.prefixes.some((prefix) => key.startsWith(prefix))) continue;
        const keys = broadcasts.get(client);
        if (keys === undefined) broadcasts.set(client, [key]);
        else if (!keys.includes(key)) keys.push(key);
      }
    }
    for (const [client, keys] of broadcasts) this.#tell(client, keys);
  }

  #forgetOldest(): void {
    const [key] = this.#readers.keys();
    if (key !== undefined) this.changed(key, undefined);
  }

  #tell(client: TrackedClient, keys: readonly string[] | null): void {
    const state = client.tracking as TrackingState;
    const payload: Reply = keys;
    if (state.redirect === undefined) {
      if (client.protocol === 3) client.push(['invalidate', payload]);
      return;
    }
    const target = this.#clientById(state.redirect);
    if (target === undefined) {
      state.broken = true;
      if (client.protocol === 3) client.push(['tracking-redir-broken', state.redirect]);
      return;
    }
    if (target.protocol === 3) target.push(['invalidate', payload]);
    else if (target.channels.has('__redis__:invalidate'))
      target.push(['message', '__redis__:invalidate', payload]);
  }
}
