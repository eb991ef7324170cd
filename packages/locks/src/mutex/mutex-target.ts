import type { Command } from '@penknife/core';
import type { Acquirable } from '../lease/acquirable.js';
import type { AcquireReply, Way } from '../lease/acquire-reply.js';
import { HeldLock } from '../lease/held-lock.js';
import type { ExtendAll } from '../lease/target.js';
import { acquireMutex, extendMutexes, leaveMutex } from './commands.js';

/** A mutex, as something to acquire. */
export class MutexTarget implements Acquirable {
  readonly resource: string;
  readonly key: string;
  readonly kind = 'mutex';
  readonly extendAll: ExtendAll = extendMutexes;
  readonly handle: Acquirable['handle'] = HeldLock;

  constructor(resource: string, key: string) {
    this.resource = resource;
    this.key = key;
  }

  acquire(token: string, ttlMs: number, way: Way, owner: string | undefined): Command<AcquireReply> {
    return acquireMutex(this.key, token, ttlMs, way, owner);
  }

  leave(token: string, late?: boolean): Command<boolean> {
    return leaveMutex(this.key, token, late);
  }
}
