import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { movedBackSuite } from './moved-back.suite.js';
import { orderingSuite } from './ordering.suite.js';

overMatrix(
  'order per key',
  (context) => {
    orderingSuite(context);
    movedBackSuite(context);
  },
  { keys: streamKeys },
);
