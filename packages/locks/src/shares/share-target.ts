import type { Command } from '@penknife/core';
import type { Acquirable } from '../lease/acquirable.js';
import type { AcquireReply, Way } from '../lease/acquire-reply.js';
import { HeldLock } from '../lease/held-lock.js';
import type { ExtendAll } from '../lease/target.js';
import { acquireShare, extendShares, leaveShares, type Share, type SharesKeys } from './commands.js';

/** A share of a semaphore or a read-write lock, as something to acquire. */
export class ShareTarget implements Acquirable {
  readonly resource: string;
  readonly kind: string;
  readonly extendAll: ExtendAll = extendShares;
  readonly handle: Acquirable['handle'];
  readonly #keys: SharesKeys;
  readonly #share: Share;

  constructor(
    kind: string,
    resource: string,
    keys: SharesKeys,
    share: Share,
    handle: Acquirable['handle'] = HeldLock,
  ) {
    this.kind = kind;
    this.resource = resource;
    this.handle = handle;
    this.#keys = keys;
    this.#share = share;
  }

  get key(): string {
    return this.#keys[0];
  }

  get limitKey(): string | undefined {
    return this.#keys[1];
  }

  acquire(token: string, ttlMs: number, way: Way, owner: string | undefined): Command<AcquireReply> {
    return acquireShare(this.#keys, token, ttlMs, way, this.#share, owner);
  }

  leave(token: string, late?: boolean): Command<boolean> {
    return leaveShares(this.key, token, late);
  }
}
