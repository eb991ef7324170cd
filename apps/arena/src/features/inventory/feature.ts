import { createInventory } from '@penknife/inventory';
import type { Feature } from '../../feature.js';
import { idempotencyKeyOf, idempotentHeaders } from '../../idempotency.js';
import { playerOf } from '../../player.js';
import { visitorOf } from '../../visitor.js';
import { edition, editionSize, perCustomer, putOnSale } from './edition.js';
import script from './panel.browser.js?raw';
import html from './panel.html?raw';
import { openReceipts } from './receipts.js';

const reservationBody = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', pattern: '^[0-9a-f]{32}$' } },
} as const;

/** A limited edition that many want at once: reserved, paid, or back on sale by itself; a queue sends the receipts. */
export const inventoryFeature: Feature = {
  name: 'inventory',
  title: 'Limited edition',
  html,
  script,
  register({ app, driver, instance }) {
    const shop = createInventory(driver, { name: 'arena-shop', hold: '20s', perCustomer });
    const receipts = openReceipts(driver, instance, (error) => app.log.error(error));
    const sweeping = shop.startSweeping();

    app.get('/api/inventory', async () => {
      const level = (await shop.availability([edition])).get(edition) ?? (await putOnSale(shop));
      return { ...level, size: editionSize, receipts: await receipts.state() };
    });
    app.post('/api/inventory/reserve', { schema: { headers: idempotentHeaders } }, async (request, reply) => {
      const customer = playerOf(visitorOf(request, reply));
      const id = idempotencyKeyOf(request);
      await putOnSale(shop);
      const outcome = await shop.reserve({ [edition]: 1 }, { id, customer });
      return { id, ...outcome };
    });
    app.post<{ Body: { id: string } }>(
      '/api/inventory/pay',
      { schema: { body: reservationBody, headers: idempotentHeaders } },
      async (request) => {
        const { id } = request.body;
        const outcome = await shop.confirm(id);
        // Added under the reservation's id, which rests then: however often and late this is repeated, one receipt is sent.
        if (outcome.ok) await receipts.send(id);
        return outcome;
      },
    );
    app.post<{ Body: { id: string } }>(
      '/api/inventory/cancel',
      { schema: { body: reservationBody, headers: idempotentHeaders } },
      async (request) => shop.release(request.body.id),
    );
    return async () => {
      await sweeping.close();
      await receipts.close();
    };
  },
};
