import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { logSuite } from './log.suite.js';

overMatrix('log', logSuite, { keys: streamKeys });
