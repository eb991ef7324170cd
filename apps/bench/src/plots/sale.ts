import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startBenchServer } from '../bench-server.js';
import { sell } from '../cases/inventory/sale.js';
import { connections, naiveShop, penknifeShop, watchShop } from '../cases/inventory/shops.js';
import { buyers, type Sale, salePlot, stock } from './sale-plot.js';

// Draws the picture of docs/inventory.md. It is measured, not simulated: running it again gives other figures of the same shape.
const crowds = [1, 2, 4, 8, 16, 32, 64];
const server = await startBenchServer();
const sales: Sale[] = [];
for (const open of [penknifeShop, naiveShop, watchShop])
  for (const atOnce of crowds) {
    await server.flush();
    const shop = await open({ server });
    await shop.restock(stock);
    const sold = await sell(shop, atOnce, buyers);
    sales.push({ shop: shop.name, atOnce, sold, triesASale: shop.triesASale?.() ?? 1 });
    console.log(
      `${shop.name}, ${atOnce} at once: sold ${sold}, ${(shop.triesASale?.() ?? 1).toFixed(1)} tries a sale`,
    );
    await shop.close();
  }
await server.stop();
const file = fileURLToPath(new URL('../../../docs/pictures/inventory-sale.svg', import.meta.url));
writeFileSync(file, `${salePlot(sales, `${connections} connections, ${server.version}`)}\n`);
console.log('docs/pictures/inventory-sale.svg');
