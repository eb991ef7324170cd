import type { FastifyRequest } from 'fastify';

/** What a route's schema says of the headers when every press carries a key of its own; anything else is a 400. */
export const idempotentHeaders = {
  type: 'object',
  required: ['idempotency-key'],
  properties: { 'idempotency-key': { type: 'string', pattern: '^[0-9a-f]{32}$' } },
} as const;

/** The key of this press: a press that is sent again carries the same one. Only for routes with the schema above. */
export function idempotencyKeyOf(request: FastifyRequest): string {
  return String(request.headers['idempotency-key']);
}
