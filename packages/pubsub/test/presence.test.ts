import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../src/index.js';
import { presenceSuite } from './presence.suite.js';
import { presenceFaultsSuite } from './presence-faults.suite.js';

overMatrix(
  'presence',
  (context) => {
    presenceSuite(context);
    presenceFaultsSuite(context);
  },
  { keys: pubSubKeys },
);
