import type { Database } from '../engine/database.js';
import { slotOfKey } from './slot-of-key.js';

/** The keys of a slot that a node holds. Looks at all of its keys: slots have no lists of their own. */
export function keysOfSlot(engine: { database(index: number): Database }, slot: number): string[] {
  const keys: string[] = [];
  engine.database(0).entries.forEach((_entry, key) => {
    if (slotOfKey(key) === slot) keys.push(key);
  });
  return keys;
}
