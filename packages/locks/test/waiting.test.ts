import { overMatrix } from '@penknife/matrix';
import { lockKeys } from '../src/index.js';
import { waitingSuite } from './waiting.suite.js';

overMatrix('waiting for a mutex', waitingSuite, { keys: lockKeys });
