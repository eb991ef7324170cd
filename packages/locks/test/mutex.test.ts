import { overMatrix } from '@penknife/matrix';
import { lockKeys } from '../src/index.js';
import { mutexSuite } from './mutex.suite.js';

overMatrix('mutex', mutexSuite, { keys: lockKeys });
