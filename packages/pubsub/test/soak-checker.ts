import type { ChannelEvent } from '../src/index.js';

/**
 * Reads what one listener heard of a numbered sequence: always forward, and wherever a number is left out, a gap that is not
 * recovered stands in its place. Returns the first complaint.
 */
export function unannounced(events: readonly ChannelEvent<unknown>[]): string | undefined {
  let last = 0;
  let open = false;
  for (const event of events) {
    if (event.type === 'gap') {
      open ||= !event.recovered;
      continue;
    }
    const number = event.message as number;
    if (number <= last) return `${number} after ${last}`;
    if (number > last + 1 && !open) return `${number} after ${last}, and no gap says why`;
    last = number;
    open = false;
  }
  return undefined;
}
