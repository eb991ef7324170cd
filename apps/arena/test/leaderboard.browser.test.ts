import { expect } from 'vitest';
import { browserTest } from './browser-test.js';

const key = (n: number): string => n.toString(16).padStart(32, '0');

browserTest(
  'rounds move the boards, whoever plays and on whichever instance',
  { instances: 2 },
  async ({ page, arena }) => {
    const panel = page.locator('[data-panel="leaderboard"]');
    const today = panel.locator('[data-role="today"]');
    const total = panel.locator('[data-role="total"]');
    const round = panel.locator('[data-role="round"]');
    const sum = total.locator('[data-role="top"] tr.own td').nth(2);
    let points = 0;
    for (let n = 1; n <= 2; n++) {
      await panel.getByRole('button', { name: 'Play' }).click();
      await panel.locator(`[data-role="round"][data-rounds="${n}"]`).waitFor();
      const scored = Number(/^\+(\d+)/.exec((await round.textContent()) ?? '')?.[1]);
      expect(scored).toBeGreaterThanOrEqual(10);
      points += scored;
    }
    await sum.filter({ hasText: new RegExp(`^${points}$`) }).waitFor();
    expect(await today.locator('[data-role="around"] tr.own').count()).toBe(1);

    // Somebody else plays on instance B; the same press sent again is not counted again.
    const play = async (n: number, cookie?: string): Promise<Response> =>
      fetch(`${arena.addresses[1]}/api/leaderboard`, {
        method: 'POST',
        headers: { 'idempotency-key': key(n), ...(cookie !== undefined && { cookie }) },
      });
    const first = await play(1);
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    const rival = (await first.json()) as { player: string; points: number; repeated: boolean };
    expect(rival).toMatchObject({ repeated: false });
    expect(await (await play(1, cookie)).json()).toEqual({ ...rival, repeated: true });
    const row = total.locator('[data-role="top"] tr', { hasText: rival.player });
    await row.waitFor();
    expect(await row.locator('td').nth(2).textContent()).toBe(String(rival.points));

    await panel.getByLabel('Equals share ranks').selectOption('ordinal');
    await page.locator('[data-panel="leaderboard"][data-ties="ordinal"]').waitFor();
    const ranks = await today.locator('[data-role="top"] td:first-child').allTextContents();
    expect(ranks).toEqual(['1', '2']);
  },
);

browserTest(
  'boards move as scores arrive on the other instance: the lead, who was passed, friends',
  { instances: 2 },
  async ({ page, arena }) => {
    const panel = page.locator('[data-panel="leaderboard"]');
    await page.locator('[data-panel="leaderboard"][data-listening="true"]').waitFor();
    await panel.getByRole('button', { name: 'Play' }).click();
    await panel.locator('[data-role="round"][data-rounds="1"]').waitFor();

    // A rival on instance B plays until it leads: nobody presses anything on this page, and it says so.
    let cookie = '';
    let rival = '';
    for (let n = 100; n < 140; n++) {
      const response = await fetch(`${arena.addresses[1]}/api/leaderboard`, {
        method: 'POST',
        headers: { 'idempotency-key': key(n), ...(cookie !== '' && { cookie }) },
      });
      cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
      const { player, rank } = (await response.json()) as { player: string; rank: number };
      rival = player;
      if (rank === 1 && n > 112) break;
    }
    const total = panel.locator('[data-role="total"]');
    await total.locator('[data-role="top"] tr').first().filter({ hasText: rival }).waitFor();
    await panel
      .locator('[data-role="news"]', { hasText: /player-.* (passed|took the lead)|passed you/ })
      .waitFor();

    const friends = panel.locator('[data-role="friends"]');
    expect(await friends.locator('tbody tr').count()).toBe(1);
    await total.getByRole('button', { name: rival }).first().click();
    await friends.locator('tbody tr', { hasText: rival }).waitFor();
    expect(await friends.locator('tbody tr').first().locator('td').allTextContents()).toEqual([
      '1',
      rival,
      expect.stringMatching(/^\d+$/),
      '1',
    ]);
    await friends.getByRole('button', { name: rival }).click();
    await friends.locator('tbody tr', { hasText: rival }).waitFor({ state: 'detached' });
  },
);
