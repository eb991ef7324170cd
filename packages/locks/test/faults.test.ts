import { overMatrix } from '@penknife/matrix';
import { lockKeys } from '../src/index.js';
import { faultsSuite } from './faults.suite.js';

// A server that was frozen logs whatever it was doing as slow.
overMatrix('locks and faults', faultsSuite, { keys: lockKeys, slowLog: false });
