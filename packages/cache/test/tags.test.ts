import { overMatrix } from '@penknife/matrix';
import { cacheKeys } from '../src/index.js';
import { tagsSuite } from './tags.suite.js';

overMatrix('cache tags', tagsSuite, { keys: cacheKeys });
