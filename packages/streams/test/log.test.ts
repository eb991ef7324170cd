import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { appendingSuite } from './appending.suite.js';
import { logSuite } from './log.suite.js';

overMatrix(
  'log',
  (context) => {
    logSuite(context);
    appendingSuite(context);
  },
  { keys: streamKeys },
);
