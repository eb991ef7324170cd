import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../src/index.js';
import { publishingSuite } from './publishing.suite.js';

overMatrix('publishing', publishingSuite, { keys: pubSubKeys });
