import { overMatrix } from '@penknife/matrix';
import { rateLimitKeys } from '../src/index.js';
import { algorithmsSuite } from './algorithms.suite.js';
import { carryingSuite } from './carrying.suite.js';
import { handlesSuite } from './handles.suite.js';
import { rateLimiterSuite } from './rate-limiter.suite.js';
import { rightsSuite } from './rights.suite.js';

const options = { keys: rateLimitKeys };

overMatrix(
  'rate limiter',
  (context) => {
    rateLimiterSuite(context);
    algorithmsSuite(context);
    carryingSuite(context);
    handlesSuite(context);
    rightsSuite(context);
  },
  options,
);
