import { overMatrix } from '@penknife/matrix';
import { queueKeys } from '../src/index.js';
import { queueSuite } from './queue.suite.js';
import { refusalSuite } from './refusals.suite.js';
import { takeoverSuite } from './takeover.suite.js';

overMatrix(
  'queue',
  (context) => {
    queueSuite(context);
    takeoverSuite(context);
    refusalSuite(context);
  },
  { keys: queueKeys },
);
