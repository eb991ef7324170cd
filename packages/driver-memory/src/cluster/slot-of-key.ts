import { slotOf } from '@penknife/core';

/** The slot of a key of the engine, whose texts have one char code a byte. */
export function slotOfKey(key: string): number {
  return slotOf(Buffer.from(key, 'latin1'));
}
