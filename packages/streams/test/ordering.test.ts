import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { orderingSuite } from './ordering.suite.js';

overMatrix('order per key', orderingSuite, { keys: streamKeys });
