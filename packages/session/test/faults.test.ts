import { overMatrix } from '@penknife/matrix';
import { sessionKeys } from '../src/index.js';
import { faultsSuite } from './faults.suite.js';

// A server that was frozen logs whatever it was doing as slow.
overMatrix('sessions and faults', faultsSuite, { keys: sessionKeys, slowLog: false });
