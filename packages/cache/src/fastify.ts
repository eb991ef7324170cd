import { reportListenerError } from '@penknife/core';
import {
  type Handled,
  presented,
  type RouteAnswer,
  type RouteCacheOptions,
  routeCache,
} from './http/route-cache.js';

export type { RouteCacheOptions } from './http/route-cache.js';

/** What the hooks need of a Fastify request. */
export interface FastifyRequestLike {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What the hooks need of a Fastify reply. */
export interface FastifyReplyLike {
  readonly statusCode: number;
  getHeaders(): Readonly<Record<string, unknown>>;
  header(name: string, value: string): unknown;
  code(status: number): unknown;
  send(body?: unknown): unknown;
  readonly raw: { once(event: 'close', listener: () => void): unknown };
}

/** The hooks of one cached route: spread them into its options. */
export interface FastifyRouteCache {
  readonly onRequest: (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>;
  readonly onSend: (
    request: FastifyRequestLike,
    reply: FastifyReplyLike,
    payload: unknown,
  ) => Promise<unknown>;
}

/** The request whose handler is running for everybody. */
interface Running {
  readonly settle: (handled: Handled | undefined) => void;
  readonly answered: Promise<RouteAnswer>;
}

/**
 * A route cache for Fastify 5, of two hooks: answers GET and HEAD from the cache, with an ETag and 304, and runs the handler
 * once for all who ask for the same meanwhile. What sets a cookie, is `private` or `no-store`, has another status than 200,
 * or is a stream is not stored.
 *
 * ```ts
 * app.get('/products/:id', { ...fastifyRouteCache({ cache, ttlMs: 5000 }) }, handler);
 * ```
 */
export function fastifyRouteCache<Request extends FastifyRequestLike = FastifyRequestLike>(
  options: RouteCacheOptions<Request>,
): FastifyRouteCache {
  const answer = routeCache<Request>(options);
  const running = new WeakMap<object, Running>();

  async function onRequest(request: FastifyRequestLike, reply: FastifyReplyLike): Promise<unknown> {
    const facts = {
      method: request.method,
      path: `${fieldOf(request, 'host') ?? ''}${request.url}`,
      header: (name: string) => fieldOf(request, name),
    };
    let called = (): void => undefined;
    const isCalled = new Promise<'called'>((resolve) => {
      called = () => resolve('called');
    });
    let settle: (handled: Handled | undefined) => void = () => undefined;
    const answered = answer(request as Request, facts, () => {
      called();
      return new Promise<Handled | undefined>((resolve) => {
        settle = resolve;
        // Whoever went away, or whose handler failed, gave nothing.
        reply.raw.once('close', () => resolve(undefined));
      });
    });
    const outcome = await Promise.race([answered, isCalled]);
    if (outcome === 'called') {
      running.set(request, { settle, answered });
      return undefined;
    }
    if (outcome.kind === 'own') return undefined;
    const { status, headers, body } = presented(outcome.response, facts.header('if-none-match'), true);
    for (const [name, value] of headers) reply.header(name, value);
    reply.code(status);
    reply.send(body === null ? undefined : Buffer.from(body.buffer, body.byteOffset, body.byteLength));
    return reply;
  }

  async function onSend(
    request: FastifyRequestLike,
    reply: FastifyReplyLike,
    payload: unknown,
  ): Promise<unknown> {
    const run = running.get(request);
    if (run === undefined) return payload;
    running.delete(request);
    const body = bytesOf(payload);
    const headers = Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
      [value].flat().map((each) => [name, String(each)] as const),
    );
    run.settle(body && { status: reply.statusCode, headers, body: () => body });
    // The visitor gets what the handler made, whatever becomes of the cache.
    const outcome = await run.answered.catch(reportAndGoOn);
    if (outcome?.kind !== 'response') return payload;
    const shown = presented(outcome.response, fieldOf(request, 'if-none-match'), !outcome.made);
    for (const [name, value] of shown.headers) reply.header(name, value);
    reply.code(shown.status);
    return shown.body === null ? null : Buffer.from(shown.body);
  }

  return { onRequest, onSend };
}

function reportAndGoOn(error: unknown): undefined {
  reportListenerError(error);
}

function fieldOf({ headers }: FastifyRequestLike, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'object' ? value.join(', ') : value;
}

/** Undefined for a stream, or nothing. */
function bytesOf(payload: unknown): Uint8Array | undefined {
  if (typeof payload === 'string') return Buffer.from(payload, 'utf8');
  return payload instanceof Uint8Array ? payload : undefined;
}
