import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../src/index.js';
import { deliveriesSuite } from './deliveries.suite.js';

overMatrix('pub/sub deliveries', deliveriesSuite, { keys: pubSubKeys });
