import { requireServers, startServer } from '@penknife/redis-servers';
import { describe, expect, it } from 'vitest';
import { arenaOn } from './arena-on.js';
import { findBrowser, openBrowser, openPage } from './browser.js';
import { browserTest } from './browser-test.js';

const say = (address: string, text: string): Promise<Response> =>
  fetch(`${address}/api/pubsub`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });

browserTest(
  'what is said, who is here and who types reaches the page from the other instance, as text and in order',
  { instances: 2 },
  async ({ page, arena }) => {
    const panel = page.locator('[data-panel="pubsub"]');
    const lines = panel.locator('[data-role="lines"] li');
    const other = arena.addresses[1] ?? '';
    await panel.getByLabel('message').fill('<b>hello</b>');
    await panel.getByRole('button', { name: 'Say' }).click();
    await lines.filter({ hasText: '<b>hello</b>' }).waitFor();

    const said = await say(other, 'hello to you');
    expect(said.status).toBe(201);
    const { from } = (await said.json()) as { from: string };
    await lines.filter({ hasText: `${from}: hello to you` }).waitFor();
    expect(await lines.allTextContents()).toEqual([
      `${from}: hello to you`,
      expect.stringMatching(/^player-[0-9a-f]{6}: <b>hello<\/b>$/),
    ]);

    // Somebody opens the other instance's page, types, and goes.
    const present = panel.locator('[data-role="present"]');
    await present.filter({ hasText: /^player-[0-9a-f]{6} \(you\)$/ }).waitFor();
    const gone = new AbortController();
    const tab = await fetch(`${other}/api/pubsub/said`, { signal: gone.signal });
    const cookie = tab.headers.get('set-cookie')?.split(';')[0] ?? '';
    await present.filter({ hasText: ', ' }).waitFor();
    await fetch(`${other}/api/pubsub/typing`, { method: 'POST', headers: { cookie } });
    await panel.locator('[data-role="typing"]', { hasText: /^player-[0-9a-f]{6} is typing$/ }).waitFor();
    gone.abort();
    await present.filter({ hasText: /^player-[0-9a-f]{6} \(you\)$/ }).waitFor();
  },
);

const executable = findBrowser();
const servers = await requireServers();

describe.skipIf(executable === undefined || !servers)('while the server restarts', () => {
  it.each(['node-redis', 'ioredis'] as const)(
    'the chat comes back, and says what is missing: %s',
    async (client) => {
      const server = await startServer();
      const arena = await arenaOn(
        async () => ({ backend: { kind: 'server', client, url: server.url }, end: () => server.stop() }),
        2,
      );
      const browser = await openBrowser(executable ?? '');
      try {
        const { page, complaints } = await openPage(browser, arena.addresses[0] ?? '');
        const lines = page.locator('[data-panel="pubsub"] [data-role="lines"] li');
        await say(arena.addresses[1] ?? '', 'before');
        await lines.filter({ hasText: 'before' }).waitFor();
        // It comes back empty: what the room's order was is gone, and the page must say so.
        await server.kill();
        await server.restart();
        let status = 0;
        for (let attempt = 0; status !== 201 && attempt < 50; attempt++) {
          status = (await say(arena.addresses[1] ?? '', `after ${attempt}`)).status;
        }
        expect(status).toBe(201);
        await lines.filter({ hasText: 'after' }).first().waitFor();
        const told = (await lines.allTextContents()).map((text) =>
          text.replace(/^player-\w+: (\w+).*/, '$1'),
        );
        expect(new Set(told)).toEqual(new Set(['before', 'some messages are missing here', 'after']));
        expect(told.at(-1)).toBe('before');
        await page
          .locator('[data-panel="pubsub"] [data-role="present"]')
          .filter({ hasText: /^player-[0-9a-f]{6} \(you\)$/ })
          .waitFor();
        // Panels that ask while nobody answers are told so, which the browser prints.
        expect(complaints.filter((complaint) => !complaint.includes('503'))).toEqual([]);
      } finally {
        await browser.close();
        await arena.end();
      }
    },
    30_000,
  );
});
