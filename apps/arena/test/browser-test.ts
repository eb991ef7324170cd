import { requireServers } from '@penknife/redis-servers';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arenaOn, type RunningArena } from './arena-on.js';
import { backends } from './backends.js';
import { findBrowser, openBrowser, openPage } from './browser.js';

const executable = findBrowser();
const servers = await requireServers();

/** How a test runs. */
interface BrowserTestOptions {
  readonly instances: number;
  /** On which backends. Default: on all. */
  on?(backend: string): boolean;
  /** How long it may take. Default: as any test. */
  readonly timeoutMs?: number;
}

/** One test in a real browser on instance A's page, on every backend, or those wanted; anything the page complains about fails it. */
export function browserTest(
  name: string,
  { instances, on = () => true, timeoutMs }: BrowserTestOptions,
  run: (test: { readonly page: Page; readonly arena: RunningArena }) => Promise<void>,
): void {
  describe.skipIf(executable === undefined)(name, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await openBrowser(executable ?? '');
    });
    afterAll(() => browser.close());

    for (const [backend, open] of backends.filter(([title]) => on(title))) {
      it.skipIf(!servers && backend !== 'memory')(
        `on ${backend}`,
        { ...(timeoutMs && { timeout: timeoutMs }) },
        async () => {
          const arena = await arenaOn(open, instances);
          try {
            const { page, complaints } = await openPage(browser, arena.addresses[0] ?? '');
            await run({ page, arena });
            expect(complaints).toEqual([]);
            await page.close();
          } finally {
            await arena.end();
          }
        },
      );
    }
  });
}
