import type { CallOptions } from '@penknife/core';
import { SessionConflictError, SessionEndedError } from '../errors.js';
import { tellRefused } from '../refused.js';
import type { Session } from '../session.js';
import type { Sessions } from '../sessions.js';
import { isHarmless, type ResolvedAdapter } from './adapter.js';
import { cookieValues, type ResolvedCookie } from './cookie.js';

/** The session of one request, whatever the framework: opened before the handler runs, finished before the answer leaves. */
export interface RequestSession<Data extends object> {
  readonly session: Session<Data>;
  /**
   * Renews the id when due and saves what changed. Resolves to the Set-Cookie value that the answer needs, or null. A
   * session that ended meanwhile gets none. Rejects when something was not saved, also because the session ended meanwhile: the
   * answer must then not claim success.
   */
  finish(call?: CallOptions): Promise<string | null>;
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
): Promise<string | null> {
  // Only the request that logged out clears the cookie. One that merely finds its session over says nothing: its answer
  // could arrive after that of a new login, and undo it.
  if (session.destroyed) return clears ? cookie.cleared : null;
  if (session.state === 'over') return null;
  const changed = session.changed;
  // A login of the same browser is on its way back with its cookie: a stranger's must not overwrite it.
  if (superseded && session.user === null) return null;
  const confirmed = changed || session.renewalDue;
  if (confirmed) {
    const saved = await session.renew(call);
    if (!saved.ok && saved.reason === 'conflict') throw new SessionConflictError(saved.fields);
    if (!saved.ok && changed) throw new SessionEndedError();
    if (!saved.ok) return null;
  }
  const { token } = session;
  if (token === null || token === given || session.state !== 'live') return null;
  // The id was given out earlier in this request: it may have been revoked since.
  if (!confirmed && !(await session.refresh(call))) return null;
  return session.token === token ? `${cookie.name}=${token}; ${cookie.attributes}` : null;
}
