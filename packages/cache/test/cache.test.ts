import { overMatrix } from '@penknife/matrix';
import { cacheKeys } from '../src/index.js';
import { cacheSuite } from './cache.suite.js';

overMatrix('cache', cacheSuite, { keys: cacheKeys });
