import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../src/index.js';
import { trapsSuite } from './traps.suite.js';

overMatrix('traps', trapsSuite, { keys: pubSubKeys });
