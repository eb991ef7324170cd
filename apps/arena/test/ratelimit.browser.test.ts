import { expect } from 'vitest';
import { browserTest } from './browser-test.js';

browserTest('the rate limit panel allows, denies and recovers', { instances: 1 }, async ({ page, arena }) => {
  const panel = page.locator('[data-panel="ratelimit"]');
  await panel.locator('[data-role="remaining"]', { hasText: '5' }).waitFor();
  const verdicts: (string | null)[] = [];
  const fromMs = performance.now();
  for (let press = 1; verdicts.at(-1) !== 'denied' && press <= 20; press++) {
    await panel.getByRole('button', { name: 'Press' }).click();
    await panel.locator(`[data-role="verdict"][data-presses="${press}"]`).waitFor();
    verdicts.push(await panel.locator('[data-role="verdict"]').textContent());
  }
  // Five at once, and one more for every four seconds that the machine took.
  const allowed = verdicts.length - 1;
  expect(verdicts).toEqual([...Array(allowed).fill('allowed'), 'denied']);
  expect(allowed).toBeGreaterThanOrEqual(5);
  expect(allowed).toBeLessThanOrEqual(5 + (performance.now() - fromMs) / 4000);
  expect(await panel.locator('.tokens .spent').count()).toBeGreaterThanOrEqual(4);
  // The answer's header fields are shown, and every algorithm's verdicts of all presses.
  const fields = await panel.locator('[data-role="fields"]').textContent();
  expect(fields).toMatch(/ratelimit-policy: "arena-button";q=15;w=60/);
  expect(fields).toMatch(/ratelimit: "arena-button";r=0;t=[1-4]/);
  expect(fields).toMatch(/retry-after: [1-4]/);
  for (const algorithm of ['gcra', 'token-bucket', 'sliding-window-log']) {
    const row = panel.locator(`[data-algorithm="${algorithm}"]`);
    const [full, spent] = [await row.locator('.full').count(), await row.locator('.spent').count()];
    expect(full + spent).toBe(verdicts.length);
    expect(full).toBeGreaterThanOrEqual(5);
    if (algorithm === 'gcra') expect(spent).toBe(1);
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
