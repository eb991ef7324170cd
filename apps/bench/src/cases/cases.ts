import type { BenchCase } from '../case.js';
import { cacheCases } from './cache/cases.js';
import { driverCases } from './driver/cases.js';
import { inventoryCases } from './inventory/cases.js';
import { leaderboardCases } from './leaderboard/cases.js';
import { lockCases } from './locks/cases.js';
import { memoryCases } from './memory/cases.js';
import { pubSubCases } from './pubsub/cases.js';
import { queueCases } from './queue/cases.js';
import { rateLimitCases } from './ratelimit/cases.js';
import { sessionCases } from './session/cases.js';
import { streamCases } from './streams/cases.js';

/** Every case, in the order they run. */
export const cases: readonly BenchCase[] = [
  ...driverCases,
  ...rateLimitCases,
  ...lockCases,
  ...sessionCases,
  ...streamCases,
  ...queueCases,
  ...inventoryCases,
  ...leaderboardCases,
  ...pubSubCases,
  ...cacheCases,
  ...memoryCases,
];
