import { overMatrix } from '@penknife/matrix';
import { lockKeys } from '../src/index.js';
import { costSuite } from './cost.suite.js';

overMatrix('the cost of locks', costSuite, { keys: lockKeys });
