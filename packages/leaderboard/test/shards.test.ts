import { overMatrix } from '@penknife/matrix';
import { leaderboardKeys } from '../src/index.js';
import { shardSuite } from './shards.suite.js';

// Thousands of reads at once: here the slow log would tell of waiting for a core alone.
overMatrix('leaderboard over shards', shardSuite, { keys: leaderboardKeys, slowLog: false });
