import { expect } from 'vitest';
import { browserTest } from './browser-test.js';

browserTest(
  'one scheduler runs, steps down when asked, and is replaced when its instance ends',
  { instances: 3 },
  async ({ page, arena }) => {
    const panel = page.locator('[data-panel="locks"]');
    const holder = panel.locator('[data-role="holder"]');
    await panel.locator('[data-role="waiting"]', { hasText: '2' }).waitFor();
    await holder.filter({ hasText: 'instance' }).waitFor();
    const first = await holder.textContent();
    const fence = BigInt((await panel.locator('[data-role="fence"]').textContent()) ?? '');

    await panel.getByRole('button', { name: 'Step down' }).click();
    await holder.filter({ hasNotText: first ?? '' }).waitFor();
    const second = (await holder.textContent()) ?? '';
    expect(second).toMatch(/^instance [ABC]$/);

    // The page is served by A: whoever else rules now, B or C, is ended with all its connections.
    const doomed = second === 'instance A' ? undefined : second.at(-1)?.charCodeAt(0);
    if (doomed !== undefined) {
      await arena.apps[doomed - 65]?.close();
      await holder.filter({ hasNotText: second }).filter({ hasText: 'instance' }).waitFor();
      expect(BigInt((await panel.locator('[data-role="fence"]').textContent()) ?? '')).toBeGreaterThan(fence);
    }
    const ticks = Number(await panel.locator('[data-role="ticks"]').textContent());
    // The scheduler goes on: the count that stands there now is replaced by another.
    await panel
      .locator('[data-role="ticks"]')
      .filter({ hasNotText: String(ticks) })
      .waitFor();
  },
);
