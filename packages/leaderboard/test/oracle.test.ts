import { overMatrix } from '@penknife/matrix';
import { leaderboardKeys } from '../src/index.js';
import { oracleSuite } from './oracle.suite.js';

// Thousands of reads of boards of 16 members: here the slow log would tell of the machine alone.
overMatrix('leaderboard against its model', oracleSuite, { keys: leaderboardKeys, slowLog: false });
