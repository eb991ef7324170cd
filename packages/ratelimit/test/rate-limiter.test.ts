import { overMatrix } from '@penknife/matrix';
import { rateLimitKeys } from '../src/index.js';
import { rateLimiterSuite } from './rate-limiter.suite.js';

overMatrix('rate limiter', rateLimiterSuite, { keys: rateLimitKeys });
