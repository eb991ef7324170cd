import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { schedulingSuite } from './scheduling.suite.js';

overMatrix('scheduling', schedulingSuite, { keys: streamKeys });
