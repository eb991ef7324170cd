import type { Command } from '@penknife/core';
import type { AcquireReply, Way } from './acquire-reply.js';
import type { KeptAt } from './key-error.js';

/** One lease to extend. */
export interface LeaseToExtend {
  readonly key: string;
  readonly token: string;
  readonly ttlMs: number;
}

/** Extends leases of one kind by one script: of one slot, any slots on a single server. One 1 or 0 each. */
export type ExtendAll = (leases: readonly LeaseToExtend[]) => Command<number[]>;

/** What can be given back by a token. */
export interface Leavable {
  /** `late`: a request under the token was not answered and may still come; it is to take nothing then. */
  leave(token: string, late?: boolean): Command<boolean>;
}

/** What is acquired: a key, and the commands of the scripts that know what stands there. All else is the same for every kind. */
export interface Target extends Leavable, KeptAt {
  readonly resource: string;
  /** For traces: `mutex`, `semaphore`, `read`, `write`. */
  readonly kind: string;
  /** Leases whose targets name the same function are extended together. */
  readonly extendAll: ExtendAll;
  acquire(token: string, ttlMs: number, way: Way, owner: string | undefined): Command<AcquireReply>;
}
