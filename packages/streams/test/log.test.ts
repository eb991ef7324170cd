import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { appendingSuite } from './appending.suite.js';
import { logSuite } from './log.suite.js';
import { repeatedAppendSuite } from './repeated-appends.suite.js';

overMatrix(
  'log',
  (context) => {
    logSuite(context);
    appendingSuite(context);
    repeatedAppendSuite(context);
  },
  { keys: streamKeys },
);
