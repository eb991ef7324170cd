import { overMatrix } from '@penknife/matrix';
import { sessionKeys } from '../src/index.js';
import { costSuite } from './cost.suite.js';

overMatrix('cost of sessions', costSuite, { keys: sessionKeys });
