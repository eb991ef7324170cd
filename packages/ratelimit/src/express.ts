import { type ClosingResponse, endWith } from './http/lease-end.js';
import { type RequestLimitOptions, requestLimit } from './http/request-limit.js';

export type { HeaderGeneration } from './http/header-fields.js';
export type { RequestLimitOptions } from './http/request-limit.js';

/** What the middleware needs of an Express request. */
export interface ExpressRequestLike {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** What the middleware needs of an Express response. */
export interface ExpressResponseLike extends ClosingResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body?: string): unknown;
}

/**
 * Middleware for Express 5 (and whatever calls `(request, response, next)`): sets the fields, and answers what is refused with
 * a problem document. When nobody can be asked the error goes to `next`.
 *
 * ```ts
 * app.use(expressRateLimit({ limiter, trustedProxies: 1 }));
 * ```
 */
export function expressRateLimit<Request extends ExpressRequestLike = ExpressRequestLike>(
  options: RequestLimitOptions<Request>,
): (request: Request, response: ExpressResponseLike, next: (error?: unknown) => void) => void {
  const decide = requestLimit(options);

  async function run(request: Request, response: ExpressResponseLike): Promise<boolean> {
    const forwarded = request.headers['x-forwarded-for'];
    const decision = await decide(request, {
      remoteAddress: request.socket.remoteAddress,
      forwardedFor: typeof forwarded === 'object' ? forwarded.join(',') : forwarded,
    });
    if (decision === null) return true;
    const { refusal } = decision;
    if (refusal === null && decision.leases) endWith(response, decision.release);
    for (const [name, value] of decision.headers) response.setHeader(name, value);
    if (refusal === null) return true;
    response.statusCode = refusal.status;
    response.end(refusal.body);
    return false;
  }

  return (request, response, next) => {
    run(request, response).then(
      (goesOn) => {
        if (goesOn) next();
      },
      (error: unknown) => next(error),
    );
  };
}
