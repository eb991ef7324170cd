import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../src/index.js';
import { largeSuite } from './large.suite.js';

// Fifty megabytes keep a server busy for longer than the slow log's five milliseconds.
overMatrix('large messages', largeSuite, { keys: pubSubKeys, slowLog: false });
