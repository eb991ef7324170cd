import type { BenchCase, BenchContext, Contestant } from '../../case.js';
import { buyers, sell, stock } from './sale.js';
import type { Shop } from './shop.js';
import { connections, naiveShop, penknifeShop, watchShop } from './shops.js';

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
      rounds++;
      sold += await sell(shop, atOnce);
    },
    facts() {
      const over = sold - rounds * stock;
      const tries = shop.triesASale?.();
      const remark = tries === undefined ? '' : `; ${tries.toFixed(1)} tries a sale`;
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
