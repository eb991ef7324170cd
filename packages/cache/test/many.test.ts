import { overMatrix } from '@penknife/matrix';
import { cacheKeys } from '../src/index.js';
import { manySuite } from './many.suite.js';

overMatrix('cache batches', manySuite, { keys: cacheKeys });
