import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { ownershipSuite } from './ownership.suite.js';
import { takeoverSuite } from './takeover.suite.js';

overMatrix(
  'take-over',
  (context) => {
    takeoverSuite(context);
    ownershipSuite(context);
  },
  { keys: streamKeys },
);
