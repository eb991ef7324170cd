import type { SessionData, SessionOptions } from '../options.js';

/** How a framework's store keeps sessions. Each option is that of `createSessions`. */
export type SessionStoreOptions = Pick<
  SessionOptions<SessionData>,
  | 'secrets'
  | 'idleMs'
  | 'touchAfterMs'
  | 'tombstoneMs'
  | 'maxFields'
  | 'maxBytes'
  | 'namespace'
  | 'deadlineMs'
>;

/** Node's way to answer. */
export type Callback<T = void> = (error?: unknown, value?: T) => void;

/** What is needed of a framework's session. */
export interface SessionLike {
  readonly cookie?: {
    readonly expires?: Date | string | boolean | null | undefined;
    readonly originalMaxAge?: number | null | undefined;
  };
}

/** A session's data as a framework gets it: an object of its own, to be changed. */
export type StoredSession = Record<string, unknown>;

/**
 * The contract of express-session's `Store`, of which @fastify/session uses the first three. Ids that are listed are public
 * ids: the ones in cookies are not kept. Errors of the server come as `SessionUnavailableError` (503), within `deadlineMs`.
 */
export interface FrameworkStore {
  get(id: string, callback: Callback<StoredSession | null>): void;
  /**
   * Writes the fields that differ from what was loaded, in one command; none when only the end moved by less than
   * `touchAfterMs`. One that was loaded and is over is not written, nor brought back: that is no error.
   */
  set(id: string, session: SessionLike, callback?: Callback): void;
  destroy(id: string, callback?: Callback): void;
  /** Moves the end alone, and only when it moved by `touchAfterMs`. */
  touch(id: string, session: SessionLike, callback?: Callback): void;
  all(callback: Callback<StoredSession[]>): void;
  length(callback: Callback<number>): void;
  clear(callback?: Callback): void;
  ids(callback: Callback<string[]>): void;
}
