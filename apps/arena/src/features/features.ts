import type { Feature } from '../feature.js';
import { locksFeature } from './locks/feature.js';
import { rateLimitFeature } from './ratelimit/feature.js';

/** Every feature, in the order of the page. */
export const features: readonly Feature[] = [rateLimitFeature, locksFeature];
