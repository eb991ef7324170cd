import { overMatrix } from '@penknife/matrix';
import { cacheKeys } from '../src/index.js';
import { cacheSuite } from './cache.suite.js';
import { failuresSuite } from './failures.suite.js';

overMatrix(
  'cache',
  (context) => {
    cacheSuite(context);
    failuresSuite(context);
  },
  { keys: cacheKeys },
);
