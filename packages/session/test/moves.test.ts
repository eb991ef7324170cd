import { overMatrix } from '@penknife/matrix';
import { sessionKeys } from '../src/index.js';
import { movesSuite } from './moves.suite.js';

overMatrix('sessions on the move', movesSuite, { keys: sessionKeys });
