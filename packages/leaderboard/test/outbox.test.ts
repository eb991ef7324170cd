import { overMatrix } from '@penknife/matrix';
import { leaderboardKeys } from '../src/index.js';
import { outboxSuite } from './outbox.suite.js';
import { outboxRefusalSuite } from './outbox-refusals.suite.js';

overMatrix(
  'leaderboard outbox',
  (context) => {
    outboxSuite(context);
    outboxRefusalSuite(context);
  },
  { keys: leaderboardKeys },
);
