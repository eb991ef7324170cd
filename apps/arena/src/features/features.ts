import type { Feature } from '../feature.js';
import { cacheFeature } from './cache/feature.js';
import { inventoryFeature } from './inventory/feature.js';
import { leaderboardFeature } from './leaderboard/feature.js';
import { locksFeature } from './locks/feature.js';
import { pubsubFeature } from './pubsub/feature.js';
import { rateLimitFeature } from './ratelimit/feature.js';
import { sessionFeature } from './session/feature.js';
import { streamsFeature } from './streams/feature.js';

/** Every feature, in the order of the page. */
export const features: readonly Feature[] = [
  rateLimitFeature,
  locksFeature,
  streamsFeature,
  inventoryFeature,
  cacheFeature,
  leaderboardFeature,
  pubsubFeature,
  sessionFeature,
];
