import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { deadLetterSuite } from './dead-letters.suite.js';

overMatrix('dead letters', deadLetterSuite, { keys: streamKeys });
