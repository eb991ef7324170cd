import { overMatrix } from '@penknife/matrix';
import { sessionKeys } from '../src/index.js';
import { fieldsSuite } from './fields.suite.js';

overMatrix('fields of sessions', fieldsSuite, { keys: sessionKeys });
