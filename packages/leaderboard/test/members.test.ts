import { overMatrix } from '@penknife/matrix';
import { leaderboardKeys } from '../src/index.js';
import { eventSuite } from './events.suite.js';
import { memberSuite } from './members.suite.js';

overMatrix(
  'leaderboard members',
  (context) => {
    memberSuite(context);
    eventSuite(context);
  },
  { keys: leaderboardKeys },
);
