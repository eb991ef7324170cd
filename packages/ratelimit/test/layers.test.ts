import { overMatrix } from '@penknife/matrix';
import { rateLimitKeys } from '../src/index.js';
import { breakerSuite } from './breaker.suite.js';
import { guardSuite } from './guard.suite.js';
import { layersSuite } from './layers.suite.js';
import { pacerSuite } from './pacer.suite.js';
import { rateLimitsSuite } from './rate-limits.suite.js';

const options = { keys: rateLimitKeys };

overMatrix(
  'limits and layers',
  (context) => {
    rateLimitsSuite(context);
    layersSuite(context);
    pacerSuite(context);
  },
  options,
);
// A frozen server's clients make others wait, which the slow log would report.
overMatrix(
  'guard',
  (context) => {
    guardSuite(context);
    breakerSuite(context);
  },
  { ...options, slowLog: false },
);
