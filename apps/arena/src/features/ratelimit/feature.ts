import { createRateLimiter } from '@penknife/ratelimit';
import type { Feature } from '../../feature.js';
import { visitorOf } from '../../visitor.js';
import script from './panel.browser.js?raw';
import html from './panel.html?raw';

/** A button that fifteen presses a minute wear out, five of them at once. */
export const rateLimitFeature: Feature = {
  name: 'ratelimit',
  title: 'Rate limit',
  html,
  script,
  register({ app, driver }) {
    const limiter = createRateLimiter(driver, { name: 'arena-button', policy: '15/min burst 5' });
    app.get('/api/ratelimit', async (request, reply) => limiter.peek(visitorOf(request, reply)));
    app.post('/api/ratelimit', async (request, reply) => {
      const result = await limiter.check(visitorOf(request, reply));
      if (!result.allowed)
        reply.code(429).header('retry-after', Math.ceil((result.retryAfterMs ?? 0) / 1000));
      return result;
    });
    return undefined;
  },
};
