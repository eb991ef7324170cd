export type { MemoryClusterOptions } from './cluster/cluster-options.js';
export type { MemoryCluster } from './cluster/memory-cluster.js';
export type { MemorySlotMove } from './cluster/move-slot.js';
export type { MemoryClientOptions } from './driver/client-options.js';
export type { FailureEffect, ScriptedFailure } from './driver/scripted-failures.js';
export type { Compatibility } from './engine/server-profile.js';
export type { MemoryFaults } from './faults.js';
export type { InspectedKey, Inspection } from './inspect.js';
export {
  createMemoryDriver,
  createMemoryRedis,
  type MemoryClusterRedisOptions,
  type MemoryDriverOptions,
  type MemoryRedis,
  type MemoryRedisOptions,
} from './memory-redis.js';
export type { PersistenceOptions } from './persistence/open-persistence.js';
export { PersistenceError } from './persistence/persistence-error.js';
export type { MemorySnapshot } from './snapshot.js';
