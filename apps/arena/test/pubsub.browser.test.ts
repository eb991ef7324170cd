import { expect } from 'vitest';
import { browserTest } from './browser-test.js';

browserTest(
  'what is said on one instance is heard on the other, as text and in order',
  { instances: 2 },
  async ({ page, arena }) => {
    const panel = page.locator('[data-panel="pubsub"]');
    const lines = panel.locator('[data-role="lines"] li');
    await panel.getByLabel('message').fill('<b>hello</b>');
    await panel.getByRole('button', { name: 'Say' }).click();
    await lines.filter({ hasText: '<b>hello</b>' }).waitFor();

    const said = await fetch(`${arena.addresses[1]}/api/pubsub`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'hello to you' }),
    });
    expect(said.status).toBe(201);
    const { from } = (await said.json()) as { from: string };
    await lines.filter({ hasText: `${from}: hello to you` }).waitFor();
    expect(await lines.allTextContents()).toEqual([
      `${from}: hello to you`,
      expect.stringMatching(/^player-[0-9a-f]{6}: <b>hello<\/b>$/),
    ]);
  },
);
