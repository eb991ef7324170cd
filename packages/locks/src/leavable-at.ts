import { lockKeys } from './keys.js';
import type { Leavable } from './lease/target.js';
import { leaveMutex } from './mutex/commands.js';
import { leaveShares } from './shares/commands.js';

/** Finds, by the kind of a key, how to give back what a token has there. Undefined: the key is none of this namespace's locks. */
export function createLeavableAt(namespace: string): (key: string) => Leavable | undefined {
  const keys = lockKeys.in(namespace);
  const prefix = (key: string): string => key.slice(0, -'{-}'.length);
  const mutexes = prefix(keys.mutex('-'));
  const shares = [prefix(keys.semaphore('-')), prefix(keys.rw('-'))];
  return (key) => {
    if (key.startsWith(mutexes)) return { leave: (token, late) => leaveMutex(key, token, late) };
    if (shares.some((start) => key.startsWith(start)))
      return { leave: (token, late) => leaveShares(key, token, late) };
    return undefined;
  };
}
