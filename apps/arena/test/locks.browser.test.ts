import { expect } from 'vitest';
import { browserTest } from './browser-test.js';

browserTest(
  'one scheduler runs, steps down when asked, and is replaced when its instance is killed',
  { instances: 3 },
  async ({ page, arena }) => {
    const panel = page.locator('[data-panel="locks"]');
    const holder = panel.locator('[data-role="holder"]');
    await panel.locator('[data-role="waiting"]', { hasText: '2' }).waitFor();
    await holder.filter({ hasText: 'instance' }).waitFor();
    const first = await holder.textContent();
    const fence = BigInt((await panel.locator('[data-role="fence"]').textContent()) ?? '');

    await panel.getByRole('button', { name: 'Step down' }).click();
    await holder
      .filter({ hasNotText: first ?? '' })
      .filter({ hasText: 'instance' })
      .waitFor();
    const second = (await holder.textContent()) ?? '';
    expect(second).toMatch(/^instance [ABC]$/);

    // The page is served by A, which has to live to show it.
    while ((await holder.textContent()) === 'instance A') {
      await panel.getByRole('button', { name: 'Step down' }).click();
      await holder.filter({ hasNotText: 'instance A' }).filter({ hasText: 'instance' }).waitFor();
    }
    const killed = (await holder.textContent()) ?? '';
    const before = BigInt((await panel.locator('[data-role="fence"]').textContent()) ?? '');
    expect(before).toBeGreaterThan(fence);
    await arena.kill((killed.at(-1)?.charCodeAt(0) ?? 0) - 65);
    // Nobody releases anything: its lease runs out, and the next in line finds out.
    await holder.filter({ hasNotText: killed }).filter({ hasText: 'instance' }).waitFor();
    await panel
      .locator('[data-role="fence"]')
      .filter({ hasNotText: String(before) })
      .waitFor();
    expect(BigInt((await panel.locator('[data-role="fence"]').textContent()) ?? '')).toBeGreaterThan(before);
    const ticks = Number(await panel.locator('[data-role="ticks"]').textContent());
    // The scheduler goes on: the count that stands there now is replaced by another.
    await panel
      .locator('[data-role="ticks"]')
      .filter({ hasNotText: String(ticks) })
      .waitFor();
  },
);
