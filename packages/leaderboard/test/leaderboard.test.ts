import { overMatrix } from '@penknife/matrix';
import { leaderboardKeys } from '../src/index.js';
import { leaderboardSuite } from './leaderboard.suite.js';
import { metadataSuite } from './metadata.suite.js';
import { periodSuite } from './periods.suite.js';
import { readSuite } from './reads.suite.js';
import { refusalSuite } from './refusals.suite.js';

overMatrix(
  'leaderboard',
  (context) => {
    leaderboardSuite(context);
    readSuite(context);
    metadataSuite(context);
    periodSuite(context);
    refusalSuite(context);
  },
  { keys: leaderboardKeys },
);
