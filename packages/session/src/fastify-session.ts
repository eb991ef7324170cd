import type { Driver } from '@penknife/core';
import type { FrameworkStore, SessionStoreOptions } from './stores/contract.js';
import { createFrameworkStore } from './stores/framework-store.js';

/**
 * A store for @fastify/session: writes merge by field, logout is final, and a request that only reads writes nothing until
 * `touchAfterMs` of the cookie's life are used up, although the plugin saves after each.
 *
 * ```ts
 * await app.register(fastifySession, { secret, store: createFastifySessionStore(driver, { secrets }) });
 * ```
 */
export function createFastifySessionStore(driver: Driver, options: SessionStoreOptions): FrameworkStore {
  return createFrameworkStore(driver, options);
}
