import { type RequestLimitOptions, requestLimit } from './http/request-limit.js';

export type { HeaderGeneration } from './http/header-fields.js';
export type { RequestLimitOptions } from './http/request-limit.js';

/** Limits for handlers of Web-standard requests and responses. */
export interface WebRateLimit {
  /**
   * Runs the handler when the request is within its limits, and sets the fields on its answer; else answers with a problem
   * document. A lease of a concurrency limit ends when the handler has answered, before the body streams. `address` is the
   * connection's, where the platform tells it.
   */
  handle(
    request: Request,
    handler: () => Response | Promise<Response>,
    connection?: { readonly address?: string },
  ): Promise<Response>;
}

/** Makes the adapter for Web-standard requests. A `Request` has no address: give `key`, or the connection's to `handle`. */
export function webRateLimit(options: RequestLimitOptions<Request>): WebRateLimit {
  const decide = requestLimit(options);
  return {
    async handle(request, handler, connection = {}) {
      const decision = await decide(request, {
        remoteAddress: connection.address,
        forwardedFor: request.headers.get('x-forwarded-for') ?? undefined,
      });
      if (decision === null) return handler();
      const fields = decision.headers.map(([name, value]): [string, string] => [name, value]);
      const { refusal } = decision;
      if (refusal !== null) return new Response(refusal.body, { status: refusal.status, headers: fields });
      try {
        // The headers of a redirect, or of a fetched response, cannot be changed: the copy's can.
        const given = await handler();
        const answer = new Response(given.body, given);
        for (const [name, value] of fields) answer.headers.set(name, value);
        return answer;
      } finally {
        decision.release();
      }
    },
  };
}
