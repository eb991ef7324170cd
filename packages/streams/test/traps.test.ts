import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { fairReadingSuite } from './fair-reading.suite.js';
import { skewedClockSuite } from './skewed-clocks.suite.js';
import { trapSuite } from './traps.suite.js';

overMatrix(
  'further traps',
  (context) => {
    trapSuite(context);
    fairReadingSuite(context);
    skewedClockSuite(context);
  },
  { keys: streamKeys },
);
