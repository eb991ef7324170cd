import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { trapSuite } from './traps.suite.js';

overMatrix('further traps', trapSuite, { keys: streamKeys });
