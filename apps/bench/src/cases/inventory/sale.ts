import type { Shop } from './shop.js';

/** What is there, and how many want one piece of it. */
export const stock = 500;
export const buyers = 1000;

/** Lets all of them try, so many at a time; resolves to how many were told that they have one. */
export async function sell(shop: Shop, atOnce: number, all: number = buyers): Promise<number> {
  let [next, sold] = [0, 0];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < all) if (await shop.buy(next++)) sold++;
    }),
  );
  return sold;
}
