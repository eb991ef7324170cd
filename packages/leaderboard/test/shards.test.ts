import { overMatrix } from '@penknife/matrix';
import { leaderboardKeys } from '../src/index.js';
import { deepPageSuite } from './deep-pages.suite.js';
import { shardSuite } from './shards.suite.js';

// Thousands of reads at once: here the slow log would tell of waiting for a core alone.
overMatrix(
  'leaderboard over shards',
  (context) => {
    shardSuite(context);
    deepPageSuite(context);
  },
  { keys: leaderboardKeys, slowLog: false },
);
