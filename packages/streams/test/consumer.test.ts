import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { consumerSuite } from './consumer.suite.js';
import { poisonSuite } from './poison.suite.js';

overMatrix(
  'consumer',
  (context) => {
    consumerSuite(context);
    poisonSuite(context);
  },
  { keys: streamKeys },
);
