import { requireServers } from '@penknife/redis-servers';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createArena } from '../src/arena.js';
import { describeBackend, openDriver } from '../src/open-driver.js';
import { backends } from './backends.js';
import { findBrowser, openBrowser, openPage } from './browser.js';

const executable = findBrowser();
const servers = await requireServers();

describe.skipIf(executable === undefined)('the rate limit panel, in a real browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(executable ?? '');
  });
  afterAll(() => browser.close());

  for (const [name, open] of backends) {
    it.skipIf(!servers && name !== 'memory')(`allows, denies and recovers on ${name}`, async () => {
      const { backend, end } = await open();
      const driver = openDriver(backend);
      const app = createArena({ driver, backend: describeBackend(backend) });
      try {
        const { page, complaints } = await openPage(
          browser,
          await app.listen({ port: 0, host: '127.0.0.1' }),
        );
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
        // A token comes back a second: the page must show it without a press.
        await panel.locator('.tokens .full').first().waitFor();
        expect(complaints).toEqual([]);
        await page.close();
      } finally {
        await app.close();
        await driver.close();
        await end();
      }
    });
  }
});
