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
    for (const count of [1, 2]) {
      await panel.getByRole('button', { name: 'Reserve' }).click();
      await shows('said', `reserved, ${count} to pay`);
    }
    await shows('held', '2');
    // Pressed twice before the first answer: each is about another print.
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/api/inventory/pay', async (route) => {
      await answered;
      await route.continue();
    });
    await panel.getByRole('button', { name: 'Pay' }).dblclick();
    answer();
    await shows('said', 'paid, the receipt is on its way');
    await shows('sent', '2');
    await shows('held', '0');

    // Twelve visitors at both instances, each with four presses that are sent twice.
    const report = await attackEdition({ addresses: arena.addresses, visitors: 12, seed: 'crowd' });
    expect(report).toEqual({ reserved: 28, paid: 28, beyondLimit: 0, wrongLooks: [], sold: 30 });
    await shows('free', '0');
    await panel.getByRole('button', { name: 'Reserve' }).click();
    await shows('said', 'sold out');
    await shows('sold', '30');
    await shows('sent', '30');
    await shows('waiting', '0');
  },
);
