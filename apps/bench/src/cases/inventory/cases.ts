import type { BenchCase, BenchContext, Contestant } from '../../case.js';
import type { Shop } from './shop.js';
import { connections, naiveShop, penknifeShop, watchShop } from './shops.js';

const stock = 500;
const buyers = 1000;
const atOnce = 64;

/** A round: a thousand buyers, 64 at a time, want five hundred. */
function selling(shop: Shop): Contestant {
  let [rounds, sold] = [0, 0];
  return {
    name: shop.name,
    guarantees: shop.guarantees,
    operations: buyers,
    prepareRound: () => shop.restock(stock),
    async run() {
      let next = 0;
      rounds++;
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          while (next < buyers) if (await shop.buy(next++)) sold++;
        }),
      );
    },
    facts() {
      const over = sold - rounds * stock;
      const remark = shop.remark === undefined ? '' : `; ${shop.remark()}`;
      return `sold ${sold} of ${rounds * stock}, oversold ${over}${remark}`;
    },
    close: () => shop.close(),
  };
}

/** Stock that many want at once, the ways that are in every tutorial beside ours. */
export const inventoryCases: readonly BenchCase[] = [
  {
    name: 'inventory/sale',
    question: `${buyers} buyers, ${atOnce} at a time over ${connections} connections, want ${stock} of one item`,
    inFlight: [1],
    async prepare(context: BenchContext) {
      const shops = await Promise.all([penknifeShop, naiveShop, watchShop].map((open) => open(context)));
      return shops.map(selling);
    },
  },
];
