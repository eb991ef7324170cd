import type { RandomSource } from '@penknife/core';

const bytesEach = 12;
const drawnAtOnce = 64;

/** Gives ids that nobody can guess: 96 bits each, as 16 letters. Chance is drawn for many at once, since asking for it is dear. */
export function randomIds(random: RandomSource): () => string {
  let drawn = Buffer.alloc(0);
  let from = 0;
  return () => {
    if (from === drawn.length) {
      drawn = Buffer.from(random.bytes(bytesEach * drawnAtOnce));
      from = 0;
    }
    from += bytesEach;
    return drawn.toString('base64url', from - bytesEach, from);
  };
}
