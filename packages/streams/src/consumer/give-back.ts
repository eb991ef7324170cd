import { releaseAll } from '../commands/settle.js';
import type { ConsumerParts } from './consumer-parts.js';
import type { HeldEntry } from './held-entry.js';
import type { Holdings } from './holdings.js';

/** What became of what was given back. */
export interface GivenBack {
  readonly released: number;
  /** The consumer left, and was removed from the group. */
  readonly removed: boolean;
}

/** Entries given back by one command. */
const releasedAtOnce = 200;

/** Gives entries back to the group, unharmed; `leave` with the last of them. Never rejects. */
export async function giveEntriesBack(
  { driver, keys, owner, emit }: ConsumerParts,
  holdings: Holdings,
  entries: readonly HeldEntry[],
  leave: boolean,
): Promise<GivenBack> {
  const report = { released: 0, removed: false };
  for (const entry of entries) holdings.remove(entry);
  try {
    for (let from = 0; from < entries.length || (leave && from === 0); from += releasedAtOnce) {
      const last = leave && from + releasedAtOnce >= entries.length;
      const some = entries.slice(from, from + releasedAtOnce);
      const { released, removed } = await driver.send(releaseAll(keys, owner, some, last));
      report.released += released;
      report.removed = removed;
    }
  } catch (error) {
    // Nothing is lost: the leases run out, and others take over.
    emit({ type: 'error', error });
  }
  return report;
}
