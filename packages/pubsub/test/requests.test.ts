import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../src/index.js';
import { requestsSuite } from './requests.suite.js';

overMatrix('requests', requestsSuite, { keys: pubSubKeys });
