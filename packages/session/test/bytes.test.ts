import { overMatrix } from '@penknife/matrix';
import { sessionKeys } from '../src/index.js';
import { bytesSuite } from './bytes.suite.js';

overMatrix('bytes of sessions', bytesSuite, { keys: sessionKeys });
