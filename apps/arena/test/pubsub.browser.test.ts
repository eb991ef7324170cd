import type { Locator } from '@penknife/browser';
import { findBrowser, openBrowser, openPage } from '@penknife/browser';
import { requireServers, type ServerNode, startServer } from '@penknife/redis-servers';
import { describe, expect, it } from 'vitest';
import { arenaOn, type RunningArena } from './arena-on.js';
import { browserTests } from './browser-test.js';

const say = (address: string, text: string): Promise<Response> =>
  fetch(`${address}/api/pubsub`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });

browserTests(
  { instances: 2, panel: 'pubsub' },
  {
    'what is said, who is here and who types reaches the page from the other instance, as text and in order':
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

    'what is said while a page is cut off is there when it is back, in order and once': async ({
      page,
      arena,
      complaints,
    }) => {
      const lines = page.locator('[data-panel="pubsub"] [data-role="lines"] li');
      const tell = async (text: string): Promise<void> =>
        expect((await say(arena.addresses[1] ?? '', text)).status).toBe(201);
      const told = async (): Promise<string[]> =>
        (await lines.allTextContents()).map((text) => text.replace(/^player-\w+: /, '')).reverse();
      await tell('one');
      await lines.filter({ hasText: 'one' }).waitFor();
      const before = await told();
      // Its connection is cut, and it finds no way back while more is said.
      const cut = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/said'));
      await page.context().setOffline(true);
      arena.apps[0]?.server.closeAllConnections();
      await cut;
      for (const text of ['two', 'three', 'four']) await tell(text);
      expect(await told()).toEqual(before);
      await page.context().setOffline(false);
      await lines.filter({ hasText: 'four' }).waitFor();
      await tell('five');
      await lines.filter({ hasText: 'five' }).waitFor();
      expect(await told()).toEqual([...before, 'two', 'three', 'four', 'five']);
      expect(complaints.splice(0).filter((complaint) => !complaint.includes('net::ERR_'))).toEqual([]);
    },
  },
);

const executable = findBrowser();
const servers = await requireServers();

/** What a test of a restart is given: instance A's page, and what is said on it, newest first. */
interface RestartTest {
  readonly server: ServerNode;
  readonly arena: RunningArena;
  readonly panel: Locator;
  readonly lines: Locator;
}

/** Kills the server and brings it back; resolves when something could be said on the other instance, whose attempts all differ. */
async function restart({ server, arena }: RestartTest): Promise<void> {
  await server.kill();
  await server.restart();
  let status = 0;
  // One that loads what it kept refuses at once, so tries are bounded by time.
  const untilMs = performance.now() + 20_000;
  for (let attempt = 0; status !== 201 && performance.now() < untilMs; attempt++) {
    status = (await say(arena.addresses[1] ?? '', `after ${attempt}`)).status;
  }
  expect(status).toBe(201);
}

/** On a server of its own, which keeps what it has through a restart, or does not. */
async function onRestartingServer(
  client: 'node-redis' | 'ioredis',
  appendonly: boolean,
  run: (test: RestartTest) => Promise<void>,
): Promise<void> {
  const server = await startServer({ appendonly });
  const arena = await arenaOn(
    async () => ({ backend: { kind: 'server', client, url: server.url }, end: () => server.stop() }),
    2,
  );
  const browser = await openBrowser(executable ?? '');
  try {
    const { page, complaints } = await openPage(browser, `${arena.addresses[0] ?? ''}/?panel=pubsub`);
    const panel = page.locator('[data-panel="pubsub"]');
    const lines = panel.locator('[data-role="lines"] li');
    await say(arena.addresses[1] ?? '', 'before');
    await lines.filter({ hasText: 'before' }).waitFor();
    await run({ server, arena, panel, lines });
    await panel.locator('[data-role="present"]', { hasText: /^player-[0-9a-f]{6} \(you\)$/ }).waitFor();
    // Panels that ask while nobody answers are told so, which the browser prints.
    expect(complaints.filter((complaint) => !complaint.includes('503'))).toEqual([]);
  } finally {
    await browser.close();
    await arena.end();
  }
}

describe.skipIf(executable === undefined || !servers)('while the server restarts', () => {
  it.each(['node-redis', 'ioredis'] as const)(
    'the chat comes back, and says what is missing: %s',
    (client) =>
      onRestartingServer(client, false, async (test) => {
        // It comes back empty: what the room's order was is gone, and the page must say so.
        await restart(test);
        await test.lines.filter({ hasText: 'after' }).first().waitFor();
        const told = (await test.lines.allTextContents()).map((text) =>
          text.replace(/^player-\w+: (\w+).*/, '$1'),
        );
        expect(new Set(told)).toEqual(new Set(['before', 'some messages are missing here', 'after']));
        expect(told.at(-1)).toBe('before');
      }),
    30_000,
  );

  it.each(['node-redis', 'ioredis'] as const)(
    'a server that keeps its history: what is said comes in order and once, nothing is missing: %s',
    (client) =>
      onRestartingServer(client, true, async (test) => {
        const { arena, panel, lines } = test;
        const other = arena.addresses[1] ?? '';
        await restart(test);
        for (const text of ['one', 'two', 'three']) expect((await say(other, text)).status).toBe(201);
        await lines.filter({ hasText: 'three' }).waitFor();

        const all = (await lines.allTextContents())
          .map((text) => text.replace(/^player-\w+: /, ''))
          .reverse();
        // An attempt that was not acknowledged may have been heard all the same.
        expect(all.filter((text) => !text.startsWith('after'))).toEqual(['before', 'one', 'two', 'three']);
        expect(new Set(all).size).toBe(all.length);

        await fetch(`${other}/api/pubsub/typing`, { method: 'POST' });
        await panel.locator('[data-role="typing"]', { hasText: /^player-[0-9a-f]{6} is typing$/ }).waitFor();
      }),
    30_000,
  );
});
