import { once } from 'node:events';
import { type ClientRequest, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Page } from '@penknife/browser';
import { expect } from 'vitest';
import { browserTest, browserTests } from './browser-test.js';

const cookieName = 'arena_session';

async function cookieOf(page: Page): Promise<string> {
  const found = (await page.context().cookies()).find(({ name }) => name === cookieName);
  return found === undefined ? '' : `${cookieName}=${found.value}`;
}

interface State {
  readonly user: string | null;
  readonly token: string;
  readonly note: string;
}

async function stateFor(address: string, cookie: string): Promise<State> {
  const response = await fetch(`${address}/api/session`, { headers: { cookie } });
  return (await response.json()) as State;
}

function panelOf(page: Page) {
  const panel = page.locator('[data-panel="session"]');
  return {
    panel,
    async logIn(user: string): Promise<void> {
      await panel.getByLabel('your name').fill(user);
      await panel.getByRole('button', { name: 'Log in' }).click();
      await panel.locator('[data-role="name"]', { hasText: user }).waitFor();
      await page.locator('[data-panel="session"][data-live="yes"]').waitFor();
    },
    devices: (count: number) =>
      panel
        .locator('[data-role="devices"]')
        .filter({ has: page.locator(`li:nth-child(${count}):last-child`) })
        .waitFor(),
    loggedOut: () => panel.locator('[data-role="said"]', { hasText: 'logged out' }).waitFor(),
  };
}

/** A device without a page: logs in, and opens the stream. Resolves when it stands, with all that it will be told. */
async function otherDevice(address: string, user: string): Promise<{ readonly told: Promise<string> }> {
  const first = await fetch(`${address}/api/session`);
  const { token } = (await first.json()) as State;
  const login = await fetch(`${address}/api/session/login`, {
    method: 'POST',
    headers: {
      cookie: first.headers.get('set-cookie')?.split(';')[0] ?? '',
      'x-csrf-token': token,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ user }),
  });
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  const stream = await fetch(`${address}/api/session/live`, { headers: { cookie } });
  expect(stream.status).toBe(200);
  return { told: stream.text() };
}

/** A request whose body comes later: the session is loaded when its head has arrived. */
function slowRequest(address: string, headers: Record<string, string>): ClientRequest {
  const slow = request(`${address}/api/session/note`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
  });
  slow.flushHeaders();
  return slow;
}

browserTests(
  { instances: 2, panel: 'session' },
  {
    async 'fixation: a planted id and a forged one are not what the browser has after its login'({
      page,
      arena,
    }) {
      const address = arena.addresses[0] ?? '';
      const attacker = await fetch(`${address}/api/session`);
      const planted = attacker.headers.get('set-cookie')?.split(';')[0] ?? '';
      expect(planted).toMatch(/^arena_session=a\./);
      // From its next turn on the page has it.
      const plant = async (value: string): Promise<void> => {
        await page.context().addCookies([{ name: cookieName, value, url: address }]);
        const carrying = page.waitForRequest(
          async (request) =>
            request.url().endsWith('/api/session') &&
            ((await request.allHeaders()).cookie ?? '').includes(`${cookieName}=${value}`),
        );
        await (await carrying).response();
      };

      // Its first answer, which brings a cookie, is in.
      await page.locator('[data-panel="session"][data-state="live"]').waitFor();
      await plant(planted.slice(cookieName.length + 1));
      const { panel, logIn } = panelOf(page);
      await logIn('ann');
      expect(await cookieOf(page)).not.toBe(planted);
      expect((await stateFor(address, planted)).user).toBeNull();
      expect((await stateFor(address, await cookieOf(page))).user).toBe('ann');

      await plant('a.forged');
      await panel.getByRole('button', { name: 'Log in' }).waitFor();
      expect(await cookieOf(page)).toMatch(/^arena_session=a\.[\w-]{40}\./);
    },

    async 'forged requests: a form on another site, and scripts without the token, change nothing'({
      page,
      arena,
    }) {
      const address = arena.addresses[0] ?? '';
      await panelOf(page).logIn('bob');
      const cookie = await cookieOf(page);
      // Another page of the same browser: what it is refused, the browser prints there.
      const context = (await page.context().browser()?.newContext()) ?? expect.unreachable();
      await context.addCookies([
        { name: cookieName, value: cookie.slice(cookieName.length + 1), url: address },
      ]);
      const evil = await context.newPage();
      await evil.setContent(
        `<form method="post" action="${address}/api/session/logout-everywhere"><button>win a prize</button></form>`,
      );
      const answer = evil.waitForResponse(/logout-everywhere/);
      await evil.getByRole('button').click();
      expect((await answer).status()).toBe(403);
      await context.close();

      const stranger = await fetch(`${address}/api/session`);
      const { token } = (await stranger.json()) as State;
      for (const headers of [{}, { 'x-csrf-token': '' }, { 'x-csrf-token': token }]) {
        const forged = await fetch(`${address}/api/session/logout`, {
          method: 'POST',
          headers: { cookie, ...headers },
        });
        expect(forged.status).toBe(403);
      }
      expect((await stateFor(address, cookie)).user).toBe('bob');
      await panelOf(page).panel.getByRole('button', { name: 'Log out', exact: true }).click();
      await panelOf(page).loggedOut();
      expect((await stateFor(address, cookie)).user).toBeNull();
    },

    async 'every device is listed; one can be ended, and then all: what they have open closes at once'({
      page,
      arena,
    }) {
      const here = panelOf(page);
      const elsewhere = arena.addresses[1] ?? '';
      await here.logIn('cleo');
      const began = performance.now();
      const phone = await otherDevice(elsewhere, 'cleo');
      await here.devices(2);
      await here.panel.getByRole('button', { name: 'End' }).click();
      expect(await phone.told).toMatch(/event: over\ndata: {"text":"revoked"}\n\n$/);
      // Each session is looked at every 30 s, too: what is told before that was told by the other instance.
      expect(performance.now() - began).toBeLessThan(25_000);
      await here.devices(1);

      const again = performance.now();
      const tablet = await otherDevice(elsewhere, 'cleo');
      await here.devices(2);
      await here.panel.getByRole('button', { name: 'Log out everywhere' }).click();
      expect(await tablet.told).toMatch(/event: over/);
      expect(performance.now() - again).toBeLessThan(25_000);
      await here.loggedOut();
      await here.panel.getByRole('button', { name: 'Log in' }).waitFor();
    },

    async 'logout during a slow request: it ends, keeps nothing, and does not bring the session back'({
      page,
      arena,
    }) {
      const address = arena.addresses[0] ?? '';
      const { panel, logIn, loggedOut } = panelOf(page);
      await logIn('dora');
      const cookie = await cookieOf(page);
      const { token } = await stateFor(address, cookie);
      const slow = slowRequest(address, { cookie, 'x-csrf-token': token });
      await panel.locator('[data-role="writing"]', { hasText: 'being written' }).waitFor();

      await panel.getByRole('button', { name: 'Log out', exact: true }).click();
      await loggedOut();
      slow.end(JSON.stringify({ note: 'too late' }));
      const [answer] = await once(slow, 'response');
      // The change was dropped: no answer may claim it.
      expect(answer.statusCode).toBe(409);
      expect(await text(answer)).not.toContain('too late');
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(await stateFor(address, cookie)).toMatchObject({ user: null, note: '' });
      expect((await stateFor(address, await cookieOf(page))).user).toBeNull();
    },
  },
);

// On memory alone: what the page sends, and when, is its own matter.
browserTest(
  'the page looks at nothing beside its login: the look would be refused for the message that it took',
  { instances: 1, panel: 'session', on: (backend) => backend === 'memory' },
  async ({ page }) => {
    await page.clock.install();
    await page.reload();
    const { panel } = panelOf(page);
    await page.locator('[data-panel="session"][data-state="live"]').waitFor();
    const held = new Promise<{ continue(): Promise<void> }>((resolve) =>
      page.route('**/api/session/login', resolve),
    );
    await panel.getByLabel('your name').fill('eve');
    await panel.getByRole('button', { name: 'Log in' }).click();
    const login = await held;
    const seen: string[] = [];
    page.on('request', (request) => seen.push(`asked: ${new URL(request.url()).pathname}`));
    page.on('response', (response) => seen.push(`answered: ${new URL(response.url()).pathname}`));
    // Four looks long.
    await page.clock.runFor(2000);
    await login.continue();
    await panel.locator('[data-role="name"]', { hasText: 'eve' }).waitFor();
    expect(seen.slice(0, 2)).toEqual(['answered: /api/session/login', 'asked: /api/session']);
  },
);

browserTest(
  'a logout does not wait for a note that the page is still writing',
  { instances: 1, panel: 'session', on: (backend) => backend === 'memory' },
  async ({ page }) => {
    const { panel, logIn, loggedOut } = panelOf(page);
    await logIn('finn');
    const held = new Promise<{ fulfill(answer: { json: unknown }): Promise<void> }>((resolve) =>
      page.route('**/api/session/note', resolve),
    );
    await panel.getByLabel('note').fill('too late');
    await panel.getByRole('button', { name: 'Keep' }).click();
    const note = await held;
    const answered = page.waitForResponse(/\/api\/session\/logout$/);
    await panel.getByRole('button', { name: 'Log out', exact: true }).click();
    expect((await answered).status()).toBe(200);
    await note.fulfill({ json: { ok: false } });
    await loggedOut();
    await panel.getByRole('button', { name: 'Log in' }).waitFor();
  },
);
