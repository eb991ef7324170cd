import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../../src/index.js';
import { resumeSuite } from './resume.suite.js';
import { wsSuite } from './ws.suite.js';

overMatrix(
  'sockets',
  (context) => {
    wsSuite(context);
    resumeSuite(context);
  },
  { keys: pubSubKeys },
);
