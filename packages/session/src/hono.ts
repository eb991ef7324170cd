import { type AdapterOptions, csrfHeader, resolveAdapter } from './http/adapter.js';
import { OpenedSessions } from './http/opened-sessions.js';
import { refusalOf, takesCookie } from './http/refusal.js';
import { openRequestSession } from './http/request-session.js';
import type { Session } from './session.js';
import type { Sessions } from './sessions.js';

export type { AdapterOptions } from './http/adapter.js';
export type { CookieOptions } from './http/cookie.js';

/** What the middleware needs of a Hono context. */
export interface HonoContextLike {
  readonly req: { readonly method: string; header(name: string): string | undefined };
  res: Response;
  /** What a handler threw. */
  readonly error?: Error | undefined;
  header(name: string, value: string, options?: { readonly append?: boolean }): void;
}

/** The middleware, and the way from a context to its session. */
export interface HonoSessions<Data extends object> {
  /** `app.use(middleware)`, before the routes that want sessions. */
  readonly middleware: (context: HonoContextLike, next: () => Promise<void>) => Promise<Response | undefined>;
  /** The session of a request. Throws `SessionStateError` where the middleware does not run, and what loading it failed with. */
  sessionOf(context: object): Session<Data>;
}

/**
 * Makes the middleware for Hono 4. The session is loaded before the handlers run and saved after them, before the body
 * streams; then the cookie is set where needed, with `Cache-Control: no-store`. When the server cannot be asked the answer
 * is 503.
 *
 * ```ts
 * const { middleware, sessionOf } = createHonoSessions(sessions);
 * app.use(middleware);
 * app.get('/me', (context) => context.json({ user: sessionOf(context).user }));
 * ```
 */
export function createHonoSessions<Data extends object>(
  sessions: Sessions<Data>,
  options?: AdapterOptions,
): HonoSessions<Data> {
  const adapter = resolveAdapter(options);
  const opened = new OpenedSessions<Data>('middleware');

  return {
    async middleware(context, next) {
      const { req } = context;
      const head = { method: req.method, cookie: req.header('cookie'), token: req.header(csrfHeader) };
      let setCookie: string | null = null;
      let failed: unknown;
      try {
        const request = await opened.note(context, openRequestSession(sessions, adapter, head));
        await next();
        const finished = await request.finish();
        setCookie = finished.setCookie;
        // Hono has answered what a handler threw; that answer stays, unless it is the one for unknown errors.
        failed = finished.refused ?? (context.res.status === 500 ? context.error : null);
      } catch (error) {
        failed = error;
      }
      const refusal = refusalOf(failed);
      if (refusal !== null) {
        // Hono would give the new answer the headers of the one it replaces.
        (context as { res: Response | undefined }).res = undefined;
        context.res = refusal;
      }
      if (setCookie !== null && takesCookie(context.res)) {
        context.header('set-cookie', setCookie, { append: true });
        context.header('cache-control', 'no-store');
      }
      if (refusal === null && failed != null && failed !== context.error) throw failed;
      return undefined;
    },
    sessionOf: (context) => opened.sessionOf(context),
  };
}
