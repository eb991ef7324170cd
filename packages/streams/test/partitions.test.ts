import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { partitionSuite } from './partitions.suite.js';

overMatrix('partitions', partitionSuite, { keys: streamKeys });
