import { overMatrix } from '@penknife/matrix';
import { cacheKeys } from '../src/index.js';
import { writeThroughSuite } from './write-through.suite.js';

overMatrix('cache write-through', writeThroughSuite, { keys: cacheKeys });
