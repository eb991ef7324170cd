/// <reference lib="esnext.disposable" preserve="true" />
export type { NodeRedisClient } from './client-types.js';
export { createNodeRedisDriver } from './node-redis-driver.js';
