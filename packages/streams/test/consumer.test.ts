import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { consumerSuite } from './consumer.suite.js';

overMatrix('consumer', consumerSuite, { keys: streamKeys });
