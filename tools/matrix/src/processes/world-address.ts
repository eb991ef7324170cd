import type { Door, WatchedPrimary } from '../columns/client-kind.js';

/** Where a column's servers are, and the client library that goes there: for a process of its own. */
export interface WorldAddress {
  readonly client: string;
  readonly way:
    | { readonly single: Door }
    | { readonly cluster: readonly number[] }
    | { readonly watched: WatchedPrimary };
}

/** The environment variable in which a worker finds its address. */
export const addressVariable = 'PENKNIFE_WORLD';
