import { type AdapterOptions, csrfHeader, resolveAdapter } from './http/adapter.js';
import { OpenedSessions } from './http/opened-sessions.js';
import { openRequestSession } from './http/request-session.js';
import type { Session } from './session.js';
import type { Sessions } from './sessions.js';

export type { AdapterOptions } from './http/adapter.js';
export type { CookieOptions } from './http/cookie.js';

/** What the plugin needs of a Fastify request. */
export interface FastifyRequestLike {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>> & {
    readonly cookie?: string | undefined;
  };
}

/** What the plugin needs of a Fastify reply. */
export interface FastifyReplyLike {
  header(name: string, value: string): unknown;
}

/** What the plugin needs of a Fastify instance. */
export interface FastifyLike {
  addHook(name: 'onRequest', hook: (request: FastifyRequestLike) => Promise<void>): unknown;
  addHook(
    name: 'onSend',
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike, payload: unknown) => Promise<unknown>,
  ): unknown;
}

/** The plugin, and the way from a request to its session. */
export interface FastifySessions<Data extends object> {
  /** Register it where sessions are wanted: its hooks hold for the instance it is registered on. */
  readonly plugin: (fastify: FastifyLike) => Promise<void>;
  /** The session of a request. Throws `SessionStateError` where the plugin does not run, and what loading it failed with. */
  sessionOf(request: object): Session<Data>;
}

/**
 * Makes the Fastify plugin. Sessions are loaded at the start of a request and saved before its answer leaves; then the cookie is
 * set where needed, with `Cache-Control: no-store`. When the server cannot be asked, Fastify answers 503.
 *
 * ```ts
 * const { plugin, sessionOf } = createFastifySessions(sessions);
 * await app.register(plugin);
 * app.get('/me', async (request) => ({ user: sessionOf(request).user }));
 * ```
 */
export function createFastifySessions<Data extends object>(
  sessions: Sessions<Data>,
  options?: AdapterOptions,
): FastifySessions<Data> {
  const adapter = resolveAdapter(options);
  const opened = new OpenedSessions<Data>('plugin');
  const finished = new WeakSet<object>();

  async function plugin(fastify: FastifyLike): Promise<void> {
    fastify.addHook('onRequest', async (request) => {
      const { method, headers } = request;
      const head = { method, cookie: headers.cookie, token: headers[csrfHeader] };
      await opened.note(request, openRequestSession(sessions, adapter, head));
    });
    fastify.addHook('onSend', async (request, reply, payload) => {
      const found = opened.found(request);
      // Fastify sends the answer to an error through this hook once more: it is finished once.
      if (found === undefined || finished.has(request)) return payload;
      finished.add(request);
      const { setCookie, refused } = await found.finish();
      if (setCookie !== null) {
        reply.header('set-cookie', setCookie);
        reply.header('cache-control', 'no-store');
      }
      if (refused !== null) throw refused;
      return payload;
    });
  }

  return {
    // Fastify's own word for "not in a scope of its own".
    plugin: Object.assign(plugin, { [Symbol.for('skip-override')]: true }),
    sessionOf: (request) => opened.sessionOf(request),
  };
}
