import { overMatrix } from '@penknife/matrix';
import { sessionKeys } from '../../src/index.js';
import { frameworkStoreSuite } from './framework-store.suite.js';

overMatrix("a framework's store", frameworkStoreSuite, { keys: sessionKeys });
