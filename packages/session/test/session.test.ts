import { overMatrix } from '@penknife/matrix';
import { sessionKeys } from '../src/index.js';
import { sessionSuite } from './session.suite.js';

overMatrix('session', sessionSuite, { keys: sessionKeys });
