import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../../src/index.js';
import { expectationsSuite } from './expectations.suite.js';

overMatrix("socket.io's own expectations", expectationsSuite, { keys: pubSubKeys });
