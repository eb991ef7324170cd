import { overMatrix } from '@penknife/matrix';
import { queueKeys } from '../src/index.js';
import { partitionedSuite } from './partitioned.suite.js';

overMatrix('a partitioned queue', partitionedSuite, { keys: queueKeys });
