import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../../src/index.js';
import { wsSuite } from './ws.suite.js';

overMatrix('sockets', wsSuite, { keys: pubSubKeys });
