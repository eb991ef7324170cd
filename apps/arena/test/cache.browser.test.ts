import { expect } from 'vitest';
import { browserTest } from './browser-test.js';

interface Answer {
  readonly instance: string;
  readonly products: readonly { readonly name: string; readonly cents: number; readonly tier: string }[];
}

browserTest(
  'a price raised on one instance is the new one on the other at once, and hit rates are shown per tier',
  { instances: 2 },
  async ({ page, arena }) => {
    const panel = page.locator('[data-panel="cache"]');
    const knife = panel.locator('[data-product="knife"]');
    const done = panel.locator('[data-role="done"]');
    await knife.waitFor();
    expect(await knife.locator('td').nth(1).textContent()).toBe('10.00');
    // The next turns of the page are answered out of the instance's own memory.
    await panel.locator('[data-product="knife"][data-tier="local"]').waitFor();

    const other = async (): Promise<Answer> =>
      (await (await fetch(`${arena.addresses[1]}/api/cache`)).json()) as Answer;
    const first = await other();
    expect(first.products.map(({ tier }) => tier)).toEqual(Array(6).fill('redis'));
    expect((await other()).products.map(({ tier }) => tier)).toEqual(Array(6).fill('local'));

    await panel.getByRole('button', { name: 'Raise knife' }).click();
    await panel.locator('[data-role="done"][data-presses="1"]').waitFor();
    expect(await done.textContent()).toBe('knife is 11.00 everywhere');
    const after = (await other()).products.find(({ name }) => name === 'knife');
    expect(after?.cents).toBe(1100);
    expect(after?.tier).not.toBe('local');
    await knife.locator('td', { hasText: '11.00' }).waitFor();

    const raised = await fetch(`${arena.addresses[1]}/api/cache`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'oil' }),
    });
    expect(await raised.json()).toEqual({ cents: 1500 });
    await panel.locator('[data-product="oil"] td', { hasText: '15.00' }).waitFor();

    await panel.getByRole('button', { name: 'Forget all' }).click();
    await panel.locator('[data-role="done"][data-presses="2"]').waitFor();
    for (const instance of ['A', 'B']) {
      const shares = panel.locator(`[data-instance="${instance}"] td`);
      await shares.first().waitFor();
      expect(await shares.nth(1).textContent()).toMatch(/^\d+ %$/);
      expect(Number(await shares.nth(4).textContent())).toBeGreaterThanOrEqual(6);
    }
  },
);
