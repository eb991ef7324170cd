import { overMatrix } from '@penknife/matrix';
import { leaderboardKeys } from '../src/index.js';
import { retrySuite } from './retries.suite.js';
import { volumeSuite } from './volume.suite.js';

// Thousands of commands at once on machines of two cores: here the slow log would tell of waiting for a core alone.
overMatrix(
  'leaderboard in volume',
  (context) => {
    volumeSuite(context);
    retrySuite(context);
  },
  { keys: leaderboardKeys, slowLog: false },
);
