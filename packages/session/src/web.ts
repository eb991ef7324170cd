import type { CallOptions } from '@penknife/core';
import { type AdapterOptions, csrfHeader, resolveAdapter } from './http/adapter.js';
import { refusalOf, takesCookie } from './http/refusal.js';
import { openRequestSession, type RequestSession } from './http/request-session.js';
import type { Session } from './session.js';
import type { Sessions } from './sessions.js';

export type { AdapterOptions } from './http/adapter.js';
export type { CookieOptions } from './http/cookie.js';

/** Sessions for handlers of Web-standard requests and responses (Next, Remix, Hono, workers with Node's crypto). */
export interface WebSessions<Data extends object> {
  /**
   * Runs a handler with the request's session, saves what it changed, and sets the cookie where needed, with
   * `Cache-Control: no-store`. When the server cannot be asked the answer is 503, and the handler's answer is not sent; a forged
   * request is answered 403, and the handler does not run. What it throws of the session is answered by its status, 401, 409 or 413.
   * The session is saved before the body streams: what is set later is not.
   */
  handle(
    request: Request,
    handler: (session: Session<Data>) => Response | Promise<Response>,
    call?: CallOptions,
  ): Promise<Response>;
  /** The same by hand. Rejects with `SessionUnavailableError`. */
  open(request: Request, call?: CallOptions): Promise<WebSession<Data>>;
}

/**
 * The session of one request; `commit` saves it and gives the response to send. It rejects when something was not saved; committing
 * the answer to that then sets the cookie where needed, and saves nothing.
 */
export interface WebSession<Data extends object> {
  readonly session: Session<Data>;
  commit(response: Response, call?: CallOptions): Promise<Response>;
}

/** Makes the adapter for Web-standard requests. */
export function createWebSessions<Data extends object>(
  sessions: Sessions<Data>,
  options?: AdapterOptions,
): WebSessions<Data> {
  const adapter = resolveAdapter(options);

  const openFor = (request: Request, call?: CallOptions): Promise<RequestSession<Data>> => {
    const { method, headers } = request;
    const head = { method, cookie: headers.get('cookie'), token: headers.get(csrfHeader) };
    return openRequestSession(sessions, adapter, head, call);
  };

  return {
    async open(request, call) {
      const opened = await openFor(request, call);
      let refusedBefore = false;
      return {
        session: opened.session,
        async commit(response, commitCall) {
          if (refusedBefore) return withCookie(response, await opened.cookie(commitCall));
          const { setCookie, refused } = await opened.finish(commitCall);
          if (refused === null) return withCookie(response, setCookie);
          refusedBefore = true;
          throw refused;
        },
      };
    },
    async handle(request, handler, call) {
      let opened: RequestSession<Data> | undefined;
      try {
        opened = await openFor(request, call);
        const response = await handler(opened.session);
        const { setCookie, refused } = await opened.finish(call);
        if (refused === null) return withCookie(response, setCookie);
        return withCookie(answerTo(refused), setCookie);
      } catch (error) {
        const refusal = answerTo(error);
        // What a handler throws of a session: an id that was given out before is new all the same.
        if (opened === undefined || refusal.status === 503) return refusal;
        return withCookie(refusal, await opened.cookie(call).catch(() => null));
      }
    },
  };
}

function answerTo(error: unknown): Response {
  const refusal = refusalOf(error);
  if (refusal === null) throw error;
  return refusal;
}

function withCookie(response: Response, setCookie: string | null): Response {
  if (setCookie === null || !takesCookie(response)) return response;
  // The headers of a redirect, or of a fetched response, cannot be changed: the copy's can.
  const answer = new Response(response.body, response);
  answer.headers.append('set-cookie', setCookie);
  answer.headers.set('cache-control', 'no-store');
  return answer;
}
