import { once } from 'node:events';
import { expect } from 'vitest';
import { browserTest } from './browser-test.js';
import { startOrderWorker } from './order-worker.js';

// One of each client, one single and one cluster: what a killed worker leaves is the same on the others.
const on = (backend: string): boolean => ['node-redis, one server', 'ioredis, cluster'].includes(backend);

browserTest(
  'a worker process that is killed in the middle of its orders is replaced by who lives',
  // A process of its own has to be bundled and started first, and its lease of a second has to end.
  { instances: 1, on, timeoutMs: 60_000 },
  async ({ page, arena }) => {
    const panel = page.locator('[data-panel="streams"]');
    const shows = (role: string, text: RegExp): Promise<void> =>
      panel.locator(`[data-role="${role}"]`).filter({ hasText: text }).waitFor();
    const worker = await startOrderWorker(arena.backend, 'W');
    try {
      const order = (n: number): Promise<Response> =>
        fetch(`${arena.addresses[0]}/api/streams/orders`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': String(n).padStart(32, '0') },
          body: JSON.stringify({ kind: 'plain' }),
        });
      const place = async (from: number, count: number): Promise<void> => {
        const placed = await Promise.all(Array.from({ length: count }, (_, n) => order(from + n)));
        expect(placed.map(({ status }) => status)).toEqual(placed.map(() => 201));
      };
      // Enough for two seconds of work, and more until the page has shown it.
      let orders = 64;
      await place(0, orders);
      let seen = false;
      // Four at a time are what an instance works on: a fifth is the worker's.
      const atWork = shows('in-work', /^[5-8]$/).finally(() => {
        seen = true;
      });
      const first = shows('by', /W [1-9]/);
      while (!seen) {
        if (Number(await panel.locator('[data-role="waiting"]').textContent()) >= 16) continue;
        await place(orders, 8);
        orders += 8;
      }
      await Promise.all([atWork, first]);
      worker.kill('SIGKILL');
      await once(worker, 'exit');
      await shows('waiting', /^0$/);
      await shows('in-work', /^0$/);
      await shows('retries', /^0$/);
      await shows('dead', /^0$/);
      // At least once: what it had counted without being heard is counted by its successor, too.
      const handled = Number(await panel.locator('[data-role="handled"]').textContent());
      expect(handled).toBeGreaterThanOrEqual(orders);
      expect(handled).toBeLessThanOrEqual(orders + 4);
    } finally {
      worker.kill('SIGKILL');
    }
  },
);
