import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { connectionSuite } from './connections.suite.js';

overMatrix('connections', connectionSuite, { keys: streamKeys });
