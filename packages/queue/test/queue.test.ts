import { overMatrix } from '@penknife/matrix';
import { queueKeys } from '../src/index.js';
import { flowSuite } from './flow.suite.js';
import { groupSuite } from './groups.suite.js';
import { handoverSuite } from './handover.suite.js';
import { queueSuite } from './queue.suite.js';
import { refusalSuite } from './refusals.suite.js';
import { resultsSuite } from './results.suite.js';
import { takeoverSuite } from './takeover.suite.js';
import { workerSuite } from './worker.suite.js';

overMatrix(
  'queue',
  (context) => {
    queueSuite(context);
    takeoverSuite(context);
    resultsSuite(context);
    flowSuite(context);
    groupSuite(context);
    handoverSuite(context);
    refusalSuite(context);
    workerSuite(context);
  },
  { keys: queueKeys },
);
