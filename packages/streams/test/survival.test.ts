import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { survivalSuite } from './survival.suite.js';

overMatrix('survival', survivalSuite, { keys: streamKeys });
