import { overMatrix } from '@penknife/matrix';
import { leaderboardKeys } from '../src/index.js';
import { finalizeSuite } from './finalize.suite.js';
import { windowSuite } from './window.suite.js';

overMatrix(
  'leaderboard rounds',
  (context) => {
    finalizeSuite(context);
    windowSuite(context);
  },
  { keys: leaderboardKeys },
);
