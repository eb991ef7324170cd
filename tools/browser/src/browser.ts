import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

// As `.ci/run` looks for one: CHROMIUM_PATH, or one of these names on the path.
const names = ['chromium', 'chromium-browser', 'google-chrome'];
const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
const places = [
  process.env.CHROMIUM_PATH,
  ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser's path. Under CI a missing browser is a failure; elsewhere undefined, and one line that says so. */
export function findBrowser(): string | undefined {
  const found = places.find((path) => path !== undefined && existsSync(path));
  if (found !== undefined) return found;
  const advice = 'no Chromium found: install it (apt-get install chromium) or set CHROMIUM_PATH';
  if (process.env.CI === 'true') throw new Error(advice);
  console.warn(`browser tests are skipped: ${advice}`);
  return undefined;
}

/** Starts a browser that talks to nobody but the page's own server. */
export function openBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });
}

/** Opens a page and collects everything it complains about. */
export async function openPage(
  browser: Browser,
  address: string,
): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage();
  // Below the test's own timeout: a locator that never comes then names itself.
  page.setDefaultTimeout(8000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // A denied press is a 429 by design, which the browser prints as an error of its own.
    if (message.type() === 'error' && !message.text().includes('429')) complaints.push(message.text());
  });
  await page.goto(address);
  return { page, complaints };
}
