import type { Driver } from '@penknife/core';
import type { FrameworkStore, SessionStoreOptions } from './stores/contract.js';
import { createFrameworkStore } from './stores/framework-store.js';

/** What is needed of the module `express-session`: the class that its stores must be of. */
export interface ExpressSessionModule<Store extends object> {
  readonly Store: abstract new () => Store;
}

/**
 * A store for express-session, of its own `Store`: the whole contract, on sessions where writes merge by field and logout is
 * final. A request that only reads is one command, until `touchAfterMs` of the cookie's life are used up.
 *
 * ```ts
 * import session from 'express-session';
 * app.use(session({ store: createExpressSessionStore(session, driver, { secrets }), secret, resave: false, saveUninitialized: false }));
 * ```
 */
export function createExpressSessionStore<Store extends object>(
  { Store }: ExpressSessionModule<Store>,
  driver: Driver,
  options: SessionStoreOptions,
): Store & FrameworkStore {
  // Its typings call the class abstract for the methods that are added here.
  const Concrete = Store as unknown as new () => Store;
  return Object.assign(new Concrete(), createFrameworkStore(driver, options));
}
