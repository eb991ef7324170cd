import { slotOf } from '@penknife/core';

/** How many hash tags sharded channels share: so many slots hold all of them, whatever their number. */
const tagCount = 256;
const slotsEach = 16_384 / tagCount;

let table: readonly string[] | undefined;

/**
 * The shortest texts whose slots fall one into each of 256 equal ranges, so that any division of a cluster into ranges of slots
 * gives each primary its share. Always the same: channels are found by it, so it must never change.
 */
export function slotTags(): readonly string[] {
  if (table !== undefined) return table;
  const tags = new Array<string | undefined>(tagCount).fill(undefined);
  let missing = tagCount;
  for (let number = 0; missing > 0; number++) {
    const tag = number.toString(36);
    const range = Math.floor(slotOf(tag) / slotsEach);
    if (tags[range] !== undefined) continue;
    tags[range] = tag;
    missing--;
  }
  table = tags as string[];
  return table;
}

/** The hash tag of a sharded channel: that of the range its name falls into. */
export function slotTagOf(name: string): string {
  return slotTags()[Math.floor(slotOf(name) / slotsEach)] as string;
}
