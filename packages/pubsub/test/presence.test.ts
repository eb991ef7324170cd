import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../src/index.js';
import { presenceSuite } from './presence.suite.js';
import { presenceFaultsSuite } from './presence-faults.suite.js';
import { presenceReturnSuite } from './presence-return.suite.js';

overMatrix(
  'presence',
  (context) => {
    presenceSuite(context);
    presenceFaultsSuite(context);
    presenceReturnSuite(context);
  },
  { keys: pubSubKeys },
);
