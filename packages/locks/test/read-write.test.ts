import { overMatrix } from '@penknife/matrix';
import { lockKeys } from '../src/index.js';
import { readWriteSuite } from './read-write.suite.js';

overMatrix('a read-write lock', readWriteSuite, { keys: lockKeys });
