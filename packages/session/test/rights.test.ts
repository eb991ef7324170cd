import { overMatrix } from '@penknife/matrix';
import { sessionKeys } from '../src/index.js';
import { rightsSuite } from './rights.suite.js';

overMatrix('rights of the stores', rightsSuite, { keys: sessionKeys });
