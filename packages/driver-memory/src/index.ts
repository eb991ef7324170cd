export type { MemoryFaults } from './faults.js';
export type { InspectedKey, Inspection } from './inspect.js';
export {
  createMemoryDriver,
  createMemoryRedis,
  type MemoryClientOptions,
  type MemoryDriverOptions,
  type MemoryRedis,
  type MemoryRedisOptions,
} from './memory-redis.js';
