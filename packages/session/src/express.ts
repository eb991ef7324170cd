import { type AdapterOptions, csrfHeader, resolveAdapter } from './http/adapter.js';
import { holdResponse, type Ready } from './http/held-response.js';
import type { NodeResponseLike } from './http/node-response.js';
import { OpenedSessions } from './http/opened-sessions.js';
import { openRequestSession, type RequestSession } from './http/request-session.js';
import type { Session } from './session.js';
import type { Sessions } from './sessions.js';

export type { AdapterOptions } from './http/adapter.js';
export type { CookieOptions } from './http/cookie.js';

/** What the middleware needs of an Express request. */
export interface ExpressRequestLike {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>> & {
    readonly cookie?: string | undefined;
  };
}

/** The middleware, and the way from a request to its session. */
export interface ExpressSessions<Data extends object> {
  /** `app.use(middleware)`, before the routes that want sessions. */
  readonly middleware: (
    request: ExpressRequestLike,
    response: NodeResponseLike,
    next: (error?: unknown) => void,
  ) => void;
  /** The session of a request. Throws `SessionStateError` where the middleware does not run, and what loading it failed with. */
  sessionOf(request: object): Session<Data>;
}

/**
 * Makes the middleware for Express 5 (and whatever calls `(request, response, next)` with Node's response). The session
 * is loaded before the handlers run; the answer's head waits until it is saved, then the cookie is set where needed, with
 * `Cache-Control: no-store`. When the server cannot be asked the error goes to `next`, and Express answers its `statusCode`, 503.
 * What is set after the head was sent is not saved.
 *
 * ```ts
 * const { middleware, sessionOf } = createExpressSessions(sessions);
 * app.use(middleware);
 * app.get('/me', (request, response) => void response.json({ user: sessionOf(request).user }));
 * ```
 */
export function createExpressSessions<Data extends object>(
  sessions: Sessions<Data>,
  options?: AdapterOptions,
): ExpressSessions<Data> {
  const adapter = resolveAdapter(options);
  const opened = new OpenedSessions<Data>('middleware');

  async function finish(request: RequestSession<Data>, response: NodeResponseLike): Promise<Ready> {
    const { setCookie, refused } = await request.finish();
    const setHeaders = (): void => {
      if (setCookie === null || response.headersSent) return;
      const others = response.getHeader('set-cookie') ?? [];
      const list = Array.isArray(others) ? (others as readonly string[]) : [String(others)];
      response.setHeader('set-cookie', [...list, setCookie]);
      response.setHeader('cache-control', 'no-store');
    };
    return { setHeaders, refused };
  }

  function open(request: ExpressRequestLike): Promise<RequestSession<Data>> {
    const { method = 'GET', headers } = request;
    const head = { method, cookie: headers.cookie, token: headers[csrfHeader] };
    return opened.note(request, openRequestSession(sessions, adapter, head));
  }

  return {
    middleware(request, response, next) {
      open(request).then((found) => {
        holdResponse(response, () => finish(found, response), next);
        next();
      }, next);
    },
    sessionOf: (request) => opened.sessionOf(request),
  };
}
