import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../src/index.js';
import { stateSuite } from './state.suite.js';

overMatrix('state', stateSuite, { keys: pubSubKeys });
