import { type RequestLimitOptions, requestLimit } from './http/request-limit.js';

export type { HeaderGeneration } from './http/header-fields.js';
export type { RequestLimitOptions } from './http/request-limit.js';

/** What the middleware needs of a Hono context. */
export interface HonoContextLike {
  readonly req: { header(name: string): string | undefined };
  readonly env: unknown;
  header(name: string, value: string): void;
}

/**
 * Middleware for Hono 4: sets the fields, and answers what is refused with a problem document. The connection's address is
 * known under `@hono/node-server`; elsewhere give `key`. When nobody can be asked it throws. A lease of a concurrency limit ends
 * when the handler has answered, before the body streams: bound streams by `hold`, within what they do.
 *
 * ```ts
 * app.use(honoRateLimit({ limiter, key: (context) => context.req.header('x-api-key') ?? 'nobody' }));
 * ```
 */
export function honoRateLimit<Context extends HonoContextLike = HonoContextLike>(
  options: RequestLimitOptions<Context>,
): (context: Context, next: () => Promise<void>) => Promise<Response | undefined> {
  const decide = requestLimit(options);
  return async (context, next) => {
    const decision = await decide(context, {
      remoteAddress: addressOf(context.env),
      forwardedFor: context.req.header('x-forwarded-for'),
    });
    if (decision === null) {
      await next();
      return undefined;
    }
    const { refusal } = decision;
    if (refusal !== null)
      return new Response(refusal.body, {
        status: refusal.status,
        headers: decision.headers.map(([name, value]): [string, string] => [name, value]),
      });
    try {
      await next();
    } finally {
      decision.release();
    }
    for (const [name, value] of decision.headers) context.header(name, value);
    return undefined;
  };
}

/** Where `@hono/node-server` keeps Node's request. */
function addressOf(env: unknown): string | undefined {
  const { incoming } = (env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress;
}
