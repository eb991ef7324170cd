import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, findBrowser, openBrowser } from '@penknife/browser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHtml } from '../src/report/html.js';
import { sampleReport } from './sample-report.js';

const executable = findBrowser();

describe.skipIf(executable === undefined)('the report in a real browser', () => {
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    [browser, folder] = await Promise.all([
      openBrowser(executable ?? ''),
      mkdtemp(join(tmpdir(), 'penknife-report-')),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Opens the page from a file, as its reader does, and collects what it asks for and complains about. */
  async function open(html: string) {
    const file = join(folder, 'report.html');
    await writeFile(file, html);
    const page = await browser.newPage({ viewport: { width: 1100, height: 1400 } });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('request', (request) => requests.push(request.url()));
    const address = pathToFileURL(file).href;
    await page.goto(address, { waitUntil: 'load' });
    return { page, complaints, outside: requests.filter((url) => url !== address) };
  }

  it('draws a plot a case, names each in its table, complains of nothing and asks for nothing else', async () => {
    const { page, complaints, outside } = await open(toHtml(sampleReport));
    try {
      for (const { name, question, figures } of sampleReport.cases) {
        const section = page.locator(`section[id="${name}"]`);
        expect(await section.locator('code').textContent()).toBe(name);
        expect(await section.locator('h2').textContent()).toBe(question);
        const rows = await section.locator('tbody td b').allTextContents();
        expect(rows).toEqual(figures.map(({ contestant }) => contestant));
        const drawn = await section.locator('svg').boundingBox();
        expect(drawn?.width).toBeGreaterThan(300);
        expect(drawn?.height).toBeGreaterThan(100);
        // A bar a figure at least: shapes that have an extent on the screen.
        const shapes = await section
          .locator('svg path')
          .evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().width > 1).length);
        expect(shapes).toBeGreaterThanOrEqual(figures.length);
        await page.locator(`nav a[href="#${name}"]`).click();
        expect(new URL(page.url()).hash).toBe(`#${name}`);
      }
      expect(complaints).toEqual([]);
      expect(outside).toEqual([]);
      // The page is as wide as its window: a wide table scrolls by itself.
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    } finally {
      await page.close();
    }
  });

  it('a page that loads something, or fails, would be seen', async () => {
    const planted = toHtml(sampleReport).replace(
      '</main>',
      '<img src="http://127.0.0.1:9/gone.png"><script>lost()</script></main>',
    );
    const { page, complaints, outside } = await open(planted);
    expect(outside).toEqual(['http://127.0.0.1:9/gone.png']);
    expect(complaints.some((line) => line.includes('lost is not defined'))).toBe(true);
    await page.close();
  });
});
