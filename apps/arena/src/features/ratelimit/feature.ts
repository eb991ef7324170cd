import { createRateLimiter, guardLimiter } from '@penknife/ratelimit';
import { fastifyRateLimit } from '@penknife/ratelimit/fastify';
import type { FastifyRequest } from 'fastify';
import type { Feature } from '../../feature.js';
import { visitorIn, visitorOf } from '../../visitor.js';
import { createComparison } from './comparison.js';
import script from './panel.browser.js?raw';
import html from './panel.html?raw';

/** Who is limited: the visitor, and before there is a cookie the address. */
const key = (request: FastifyRequest, address: string | null): string =>
  visitorIn(request) ?? address ?? 'somebody';

/**
 * The whole API within generous limits, whatever the store does, and a button that fifteen presses a minute wear out, five of
 * them at once. It is the first feature: its hook holds for the routes that are added after it.
 */
export const rateLimitFeature: Feature = {
  name: 'ratelimit',
  title: 'Rate limit',
  html,
  script,
  register({ app, driver }) {
    const everything = createRateLimiter(driver, { name: 'arena-api', policy: '6000/min burst 1000' });
    const guarded = guardLimiter(driver, everything, { fallback: 'local', deadlineMs: 250 });
    const api = fastifyRateLimit<FastifyRequest>({
      limiter: guarded,
      key,
      skip: (request) => !request.url.startsWith('/api/'),
    });
    app.addHook('onRequest', (request, reply) => api.hook(request, reply));

    const limiter = createRateLimiter(driver, { name: 'arena-button', policy: '15/min burst 5' });
    const button = fastifyRateLimit<FastifyRequest>({ limiter, key });
    const compare = createComparison(driver);
    app.get('/api/ratelimit', async (request, reply) => limiter.peek(visitorOf(request, reply)));
    app.post('/api/ratelimit', { onRequest: (request, reply) => button.hook(request, reply) }, (request) =>
      limiter.peek(key(request, request.ip)),
    );
    app.post('/api/ratelimit/compare', (request) => compare(key(request, request.ip)));
    return undefined;
  },
};
