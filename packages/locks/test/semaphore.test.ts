import { overMatrix } from '@penknife/matrix';
import { lockKeys } from '../src/index.js';
import { semaphoreSuite } from './semaphore.suite.js';

overMatrix('a semaphore', semaphoreSuite, { keys: lockKeys });
