import { overMatrix } from '@penknife/matrix';
import { sessionKeys } from '../src/index.js';
import { eventsSuite } from './events.suite.js';

overMatrix('ends of sessions', eventsSuite, { keys: sessionKeys });
