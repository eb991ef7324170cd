import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../src/index.js';
import { insightSuite } from './insight.suite.js';

overMatrix('insight', insightSuite, { keys: pubSubKeys });
