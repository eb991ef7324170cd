import { overMatrix } from '@penknife/matrix';
import { leaderboardKeys } from '../src/index.js';
import { attemptsSuite } from './attempts.suite.js';
import { eventSuite } from './events.suite.js';
import { memberSuite } from './members.suite.js';

overMatrix(
  'leaderboard members',
  (context) => {
    memberSuite(context);
    attemptsSuite(context);
    eventSuite(context);
  },
  { keys: leaderboardKeys },
);
