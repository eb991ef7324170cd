import { overMatrix } from '@penknife/matrix';
import { lockKeys } from '../src/index.js';
import { togetherSuite } from './together.suite.js';

overMatrix('several locks, elections, re-entrancy', togetherSuite, { keys: lockKeys });
