import type { Inventory, StockLevel } from '@penknife/inventory';

/** What is sold, how many there are, and how many one visitor may have. */
export const edition = 'signed-print';
export const editionSize = 30;
export const perCustomer = 3;

/** Puts the edition on sale, once for all instances; resolves to its level now. */
export async function putOnSale(shop: Inventory): Promise<StockLevel> {
  const known = (await shop.availability([edition])).get(edition);
  if (known !== undefined) return known;
  await shop.setStock(edition, editionSize, { id: 'opening' });
  return (await shop.availability([edition])).get(edition) ?? { free: 0, held: 0, sold: 0 };
}
