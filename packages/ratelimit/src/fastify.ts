import { type ClosingResponse, endWith } from './http/lease-end.js';
import { type RequestDecision, type RequestLimitOptions, requestLimit } from './http/request-limit.js';

export type { HeaderGeneration } from './http/header-fields.js';
export type { RequestLimitOptions } from './http/request-limit.js';

/** What the plugin needs of a Fastify request. */
export interface FastifyRequestLike {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** What the plugin needs of a Fastify reply. */
export interface FastifyReplyLike {
  header(name: string, value: string): unknown;
  code(status: number): unknown;
  send(body: string): unknown;
  readonly raw: ClosingResponse;
}

/** What the plugin needs of a Fastify instance. */
export interface FastifyLike {
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>,
  ): unknown;
}

/** The plugin for a whole scope, and its hook for single routes. */
export interface FastifyRateLimit {
  /** Register it where requests are to be limited: it holds for the instance it is registered on, and what is below. */
  readonly plugin: (fastify: FastifyLike) => Promise<void>;
  /** For one route: `{ onRequest: hook }`. */
  readonly hook: (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>;
}

/**
 * Makes the plugin for Fastify 5: sets the fields, and answers what is refused with a problem document. When nobody can be
 * asked the error goes to Fastify.
 *
 * ```ts
 * await app.register(fastifyRateLimit({ limiter, trustedProxies: ['10.0.0.0/8'] }).plugin);
 * ```
 */
export function fastifyRateLimit<Request extends FastifyRequestLike = FastifyRequestLike>(
  options: RequestLimitOptions<Request>,
): FastifyRateLimit {
  const decide = requestLimit(options);

  async function hook(request: FastifyRequestLike, reply: FastifyReplyLike): Promise<unknown> {
    const forwarded = request.headers['x-forwarded-for'];
    const decision: RequestDecision | null = await decide(request as Request, {
      remoteAddress: request.socket.remoteAddress,
      forwardedFor: typeof forwarded === 'object' ? forwarded.join(',') : forwarded,
    });
    if (decision === null) return undefined;
    const { refusal } = decision;
    if (refusal === null && decision.leases) endWith(reply.raw, decision.release);
    for (const [name, value] of decision.headers) reply.header(name, value);
    if (refusal === null) return undefined;
    reply.code(refusal.status);
    reply.send(refusal.body);
    return reply;
  }

  async function plugin(fastify: FastifyLike): Promise<void> {
    fastify.addHook('onRequest', hook);
  }
  // Fastify's own word for "not in a scope of its own".
  return { plugin: Object.assign(plugin, { [Symbol.for('skip-override')]: true }), hook };
}
