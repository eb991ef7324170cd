import { overMatrix } from '@penknife/matrix';
import { lockKeys } from '../src/index.js';
import { acknowledgedSuite } from './acknowledged.suite.js';

overMatrix('acknowledged locks', acknowledgedSuite, { keys: lockKeys });
