import { expect } from 'vitest';
import { browserTest } from './browser-test.js';

const key = (n: number): string => n.toString(16).padStart(32, '0');

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

    // A hundred visitors at both instances at once, and every press sent twice.
    const crowd = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const address = arena.addresses[n % 2];
        const headers = {
          'idempotency-key': key(n >> 1),
          cookie: `arena_visitor=${'v'.repeat(19)}${String(n >> 1).padStart(3, '0')}`,
        };
        const reserved = await fetch(`${address}/api/inventory/reserve`, { method: 'POST', headers });
        return ((await reserved.json()) as { ok: boolean }).ok ? key(n >> 1) : undefined;
      }),
    );
    const winners = new Set(crowd.filter((id) => id !== undefined));
    expect(winners.size).toBe(29);
    await shows('free', '0');
    await panel.getByRole('button', { name: 'Reserve' }).click();
    await shows('said', 'sold out');
    await Promise.all(
      [...winners].map((id, n) =>
        fetch(`${arena.addresses[n % 2]}/api/inventory/pay`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': key(1000 + n) },
          body: JSON.stringify({ id }),
        }),
      ),
    );
    await shows('sold', '30');
    await shows('sent', '30');
    await shows('waiting', '0');
  },
);
