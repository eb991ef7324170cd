import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../src/index.js';
import { presenceSuite } from './presence.suite.js';
import { presenceFaultsSuite } from './presence-faults.suite.js';
import { presenceHandoverSuite } from './presence-handover.suite.js';
import { presenceReturnSuite } from './presence-return.suite.js';

overMatrix(
  'presence',
  (context) => {
    presenceSuite(context);
    presenceFaultsSuite(context);
    presenceReturnSuite(context);
    presenceHandoverSuite(context);
  },
  { keys: pubSubKeys },
);
