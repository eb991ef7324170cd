import { readBody } from './http/read-body.js';
import { presented, type RouteCacheOptions, routeCache, usualBodyBytes } from './http/route-cache.js';

export type { RouteCacheOptions } from './http/route-cache.js';

/** What the middleware needs of a Hono context. */
export interface HonoContextLike {
  readonly req: { readonly method: string; readonly url: string; header(name: string): string | undefined };
  /** Hono's own is `Response` that may be taken away with undefined. */
  get res(): Response;
  set res(response: Response | undefined);
}

/**
 * Middleware for Hono 4: answers GET and HEAD from the cache, with an ETag and 304, and runs the handlers behind it once for
 * all who ask for the same meanwhile. What sets a cookie, is `private` or `no-store`, has another status
 * than 200 or is a stream of events is not stored. Any other body is read to its end before its visitor gets it, unless it is above
 * `maxBodyBytes` or takes longer than the cache's `leaseMs`: then the visitor gets it as it comes, and nothing is stored.
 *
 * ```ts
 * app.get('/products/:id', honoRouteCache({ cache, ttlMs: 5000, tags: (c) => [`product:${c.req.param('id')}`] }), handler);
 * ```
 */
export function honoRouteCache<Context extends HonoContextLike = HonoContextLike>(
  options: RouteCacheOptions<Context>,
): (context: Context, next: () => Promise<void>) => Promise<void> {
  const answer = routeCache<Context>(options);
  return async (context, next) => {
    const { req } = context;
    const url = new URL(req.url);
    const facts = {
      method: req.method,
      path: `${url.host}${url.pathname}${url.search}`,
      header: (name: string) => req.header(name),
    };
    let own: Response | undefined;
    const outcome = await answer(context, facts, async (signal) => {
      await next();
      const { res } = context;
      own = res;
      return {
        status: res.status,
        headers: [...res.headers.entries()],
        // A stream of events is not meant to end.
        body: async () =>
          /^text\/event-stream\b/i.test(res.headers.get('content-type') ?? '')
            ? undefined
            : readBody(res.clone(), options.maxBodyBytes ?? usualBodyBytes, signal),
      };
    });
    if (outcome.kind === 'own') {
      if (!outcome.ran) await next();
      return;
    }
    const { status, headers, body } = presented(outcome.response, req.header('if-none-match'), !outcome.made);
    // Nobody reads it to its end any more.
    own?.body?.cancel().catch(() => undefined);
    // Hono adds the fields of the response before to the one that follows it, unless it is taken away.
    context.res = undefined;
    context.res = new Response(body as Uint8Array<ArrayBuffer> | null, { status, headers });
  };
}
