import { expect } from 'vitest';
import { browserTest } from './browser-test.js';

browserTest(
  'orders are fulfilled; a cursed one dies, and is fulfilled once replayed',
  { instances: 2 },
  async ({ page }) => {
    const panel = page.locator('[data-panel="streams"]');
    const shows = (role: string, text: string): Promise<void> =>
      panel
        .locator(`[data-role="${role}"]`)
        .filter({ hasText: new RegExp(`^${text}$`) })
        .waitFor();
    await shows('handled', '0');
    await panel.getByRole('button', { name: 'Order something cursed' }).click();
    await shows('said', 'ordered, cursed');
    for (let n = 1; n <= 2; n++) await panel.getByRole('button', { name: 'Order', exact: true }).click();
    await shows('dead', '1');
    await shows('handled', '2');

    await panel.getByRole('button', { name: 'Replay dead letters' }).click();
    await shows('said', 'curse lifted, 1 replayed');
    await shows('handled', '3');
    await shows('dead', '0');
    await shows('in-work', '0');
    await shows('waiting', '0');
    expect(await panel.locator('[data-role="by"]').textContent()).toMatch(/^[AB] \d(, [AB] \d)?$/);
  },
);
