import { expect } from 'vitest';
import { attackEdition } from '../src/features/inventory/attack.js';
import { browserTest } from './browser-test.js';

browserTest(
  'a print is reserved and paid, its receipt is sent, and a crowd at the door buys no more than there is',
  { instances: 2 },
  async ({ page, arena }) => {
    const panel = page.locator('[data-panel="inventory"]');
    const shows = (role: string, text: string): Promise<void> =>
      panel
        .locator(`[data-role="${role}"]`)
        .filter({ hasText: new RegExp(`^${text}$`) })
        .waitFor();
    await shows('free', '30');
    await panel.getByRole('button', { name: 'Reserve' }).click();
    await shows('said', 'reserved, 1 to pay');
    await shows('held', '1');
    await panel.getByRole('button', { name: 'Pay' }).click();
    await shows('said', 'paid, the receipt is on its way');
    await shows('sent', '1');

    // Twelve visitors at both instances, each with four presses that are sent twice.
    const report = await attackEdition({ addresses: arena.addresses, visitors: 12, seed: 'crowd' });
    expect(report).toEqual({ reserved: 29, paid: 29, beyondLimit: 0, wrongLooks: [], sold: 30 });
    await shows('free', '0');
    await panel.getByRole('button', { name: 'Reserve' }).click();
    await shows('said', 'sold out');
    await shows('sold', '30');
    await shows('sent', '30');
    await shows('waiting', '0');
  },
);
