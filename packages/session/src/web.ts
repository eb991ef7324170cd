import type { CallOptions } from '@penknife/core';
import { type AdapterOptions, csrfHeader, resolveAdapter } from './http/adapter.js';
import { refusalOf } from './http/refusal.js';
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
   * request is answered 403, and the handler does not run.
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

/** The session of one request; `commit` saves it and gives the response to send. */
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

  async function open(request: Request, call?: CallOptions): Promise<WebSession<Data>> {
    const { method, headers } = request;
    const head = { method, cookie: headers.get('cookie'), token: headers.get(csrfHeader) };
    const opened = await openRequestSession(sessions, adapter, head, call);
    return {
      session: opened.session,
      commit: (response, commitCall) => commit(opened, response, commitCall),
    };
  }

  return {
    open,
    async handle(request, handler, call) {
      try {
        const { session, commit: send } = await open(request, call);
        return await send(await handler(session), call);
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal === null) throw error;
        return refusal;
      }
    },
  };
}

async function commit<Data extends object>(
  opened: RequestSession<Data>,
  response: Response,
  call?: CallOptions,
): Promise<Response> {
  const setCookie = await opened.finish(call);
  if (setCookie === null) return response;
  // The headers of a redirect, or of a fetched response, cannot be changed: the copy's can.
  const answer = new Response(response.body, response);
  answer.headers.append('set-cookie', setCookie);
  answer.headers.set('cache-control', 'no-store');
  return answer;
}
