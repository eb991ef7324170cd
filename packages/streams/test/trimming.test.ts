import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { trimmingSuite } from './trimming.suite.js';

overMatrix('trimming', trimmingSuite, { keys: streamKeys });
