import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

const cookieName = 'arena_visitor';
const form = new RegExp(`(?:^|; )${cookieName}=([A-Za-z0-9_-]{22})(?:;|$)`);

/** Who is asking, when there is a cookie. */
export function visitorIn(request: FastifyRequest): string | undefined {
  return form.exec(request.headers.cookie ?? '')?.[1];
}

/** Who is asking: a random id in a cookie, made on the first visit. It names a visitor; it authenticates nobody. */
export function visitorOf(request: FastifyRequest, reply: FastifyReply): string {
  const known = visitorIn(request);
  if (known !== undefined) return known;
  const id = randomBytes(16).toString('base64url');
  reply.header('set-cookie', `${cookieName}=${id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400`);
  return id;
}
