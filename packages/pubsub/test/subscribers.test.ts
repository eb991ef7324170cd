import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../src/index.js';
import { subscribersSuite } from './subscribers.suite.js';

overMatrix('pub/sub subscribers', subscribersSuite, { keys: pubSubKeys });
