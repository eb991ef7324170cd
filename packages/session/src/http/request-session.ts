import type { CallOptions } from '@penknife/core';
import { SessionConflictError, SessionEndedError, SessionUnavailableError } from '../errors.js';
import { tellRefused } from '../refused.js';
import type { Session } from '../session.js';
import type { Sessions } from '../sessions.js';
import { isHarmless, type ResolvedAdapter } from './adapter.js';
import { cookieValues, type ResolvedCookie } from './cookie.js';

/** The session of one request, whatever the framework: opened before the handler runs, finished before the answer leaves. */
export interface RequestSession<Data extends object> {
  readonly session: Session<Data>;
  /** Renews the id when due and saves what changed. Rejects with `SessionUnavailableError`. */
  finish(call?: CallOptions): Promise<Finished>;
  /** The Set-Cookie value for an id that was given out in this request, or null; saves nothing. */
  cookie(call?: CallOptions): Promise<string | null>;
}

/** What the answer to a request needs. */
export interface Finished {
  /** The Set-Cookie value, or null. A session that ended meanwhile gets none. One whose changes were refused does: its id is new all the same. */
  readonly setCookie: string | null;
  /** Why something was not saved, or null: the answer must then be one to this, and not claim success. */
  readonly refused: unknown;
}

/** What of a request's head tells its session. */
export interface RequestHead {
  readonly method: string;
  readonly cookie: string | null | undefined;
  /** The header `x-csrf-token`. */
  readonly token: unknown;
}

/**
 * Opens the session that a Cookie header names, or a new one that is not stored before something is put into it. An id that
 * was not issued here, or whose session is over, is never adopted. Rejects with `SessionUnavailableError` when the server
 * cannot be asked: the request must not go on as somebody unknown; with `CsrfError` when it may be forged.
 */
export async function openRequestSession<Data extends object>(
  sessions: Sessions<Data>,
  { cookie, csrf }: ResolvedAdapter,
  head: RequestHead,
  call?: CallOptions,
): Promise<RequestSession<Data>> {
  const values = cookieValues(head.cookie, cookie.name);
  let session: Session<Data> | undefined;
  let superseded = false;
  let replaced = false;
  for (const value of values) {
    const found = await sessions.load(value, call);
    if (found.ok) session = found.session;
    superseded = !found.ok && found.reason === 'superseded';
    replaced = superseded || (!found.ok && found.reason === 'replayed');
    // Whatever was signed here settles it; only forgeries are passed over.
    if (found.ok || found.reason !== 'not-ours') break;
  }
  const opened = session ?? sessions.start();
  if (csrf && !isHarmless(head.method)) requireCsrf(opened, head.token);
  const request = {
    given: session?.token ?? null,
    // The cookie of what took its place is not this request's to clear.
    clears: values.length > 0 && !replaced,
    superseded,
  };
  return {
    session: opened,
    finish: (options) => finish(opened, request, cookie, options),
    cookie: (options) => cookieOf(opened, request.given, cookie, options),
  };
}

function requireCsrf<Data extends object>(session: Session<Data>, token: unknown): void {
  try {
    session.requireCsrf(token);
  } catch (error) {
    tellRefused('csrf');
    throw error;
  }
}

/** What the request came with. */
interface Came {
  readonly given: string | null;
  readonly clears: boolean;
  readonly superseded: boolean;
}

async function finish<Data extends object>(
  session: Session<Data>,
  { given, clears, superseded }: Came,
  cookie: ResolvedCookie,
  call?: CallOptions,
): Promise<Finished> {
  // Only the request that logged out clears the cookie. One that merely finds its session over says nothing: its answer
  // could arrive after that of a new login, and undo it.
  if (session.destroyed) return { setCookie: clears ? cookie.cleared : null, refused: null };
  // The second: a login of the same browser is on its way back with its cookie, which a stranger's must not overwrite.
  if (session.state === 'over' || (superseded && session.user === null)) {
    return { setCookie: null, refused: session.unsaved ? new SessionEndedError() : null };
  }
  const { changed } = session;
  let refused: unknown = null;
  if (changed || session.renewalDue) {
    try {
      const saved = await session.renew(call);
      if (saved.ok) return { setCookie: tokenCookie(session, given, cookie), refused };
      if (saved.reason === 'conflict') refused = new SessionConflictError(saved.fields);
      else return { setCookie: null, refused: changed ? new SessionEndedError() : null };
    } catch (error) {
      if (error instanceof SessionUnavailableError) throw error;
      refused = error;
    }
  }
  return { setCookie: await cookieOf(session, given, cookie, call), refused };
}

/** The cookie for an id that was given out earlier in this request: it may have been revoked since. */
async function cookieOf<Data extends object>(
  session: Session<Data>,
  given: string | null,
  cookie: ResolvedCookie,
  call?: CallOptions,
): Promise<string | null> {
  const setCookie = tokenCookie(session, given, cookie);
  if (setCookie === null || !(await session.refresh(call))) return null;
  return tokenCookie(session, given, cookie) === setCookie ? setCookie : null;
}

function tokenCookie<Data extends object>(
  { token, state }: Session<Data>,
  given: string | null,
  { name, attributes }: ResolvedCookie,
): string | null {
  return token === null || token === given || state !== 'live' ? null : `${name}=${token}; ${attributes}`;
}
