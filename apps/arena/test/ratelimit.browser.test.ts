import { expect } from 'vitest';
import { browserTest } from './browser-test.js';

browserTest('the rate limit panel allows, denies and recovers', { instances: 1 }, async ({ page, arena }) => {
  const panel = page.locator('[data-panel="ratelimit"]');
  await panel.locator('[data-role="remaining"]', { hasText: '5' }).waitFor();
  const verdicts: (string | null)[] = [];
  for (let press = 1; press <= 6; press++) {
    await panel.getByRole('button', { name: 'Press' }).click();
    await panel.locator(`[data-role="verdict"][data-presses="${press}"]`).waitFor();
    verdicts.push(await panel.locator('[data-role="verdict"]').textContent());
  }
  expect(verdicts).toEqual([...Array(5).fill('allowed'), 'denied']);
  expect(await panel.locator('.tokens .spent').count()).toBeGreaterThanOrEqual(4);
  // The answer's header fields are shown, and every algorithm's verdicts of all presses.
  const fields = await panel.locator('[data-role="fields"]').textContent();
  expect(fields).toMatch(/ratelimit-policy: "arena-button";q=15;w=60/);
  expect(fields).toMatch(/ratelimit: "arena-button";r=0;t=[1-4]/);
  expect(fields).toMatch(/retry-after: [1-4]/);
  for (const algorithm of ['gcra', 'token-bucket', 'sliding-window-log']) {
    const row = panel.locator(`[data-algorithm="${algorithm}"]`);
    expect([await row.locator('.full').count(), await row.locator('.spent').count()]).toEqual([5, 1]);
  }
  // The API as a whole is limited, whichever feature a route is of; the page is not.
  const policyOf = async (path: string): Promise<string | null> => {
    const answer = await fetch(`${arena.addresses[0]}${path}`);
    await answer.body?.cancel();
    return answer.headers.get('ratelimit-policy');
  };
  for (const path of ['/api/ratelimit', '/api/inventory', '/api/locks'])
    expect(await policyOf(path)).toBe('"arena-api";q=6000;w=60');
  expect(await policyOf('/')).toBeNull();
  // A token comes back every four seconds: the page must show it without a press.
  await panel.locator('.tokens .full').first().waitFor();
});
