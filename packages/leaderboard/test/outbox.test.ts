import { overMatrix } from '@penknife/matrix';
import { leaderboardKeys } from '../src/index.js';
import { outboxSuite } from './outbox.suite.js';

overMatrix('leaderboard outbox', outboxSuite, { keys: leaderboardKeys });
