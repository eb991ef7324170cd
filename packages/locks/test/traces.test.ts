import { tracingChannel } from 'node:diagnostics_channel';
import * as memory from '@penknife/driver-memory';
import { describe, expect, it } from 'vitest';
import { held } from './eventually.js';
import { createStage } from './stage.js';

const available = 'createMemoryRedis' in memory;
const operations = ['acquire', 'release', 'extend', 'lost'];

describe.skipIf(!available)('traces', () => {
  it('tell what happened, and never the name of a resource', async () => {
    const seen: [string, Record<string, unknown>][] = [];
    const listeners = operations.map((operation) => {
      const channel = tracingChannel<string, Record<string, unknown>>(`penknife:locks.${operation}`);
      const listener = {
        start: () => undefined,
        end: () => undefined,
        asyncStart: () => undefined,
        asyncEnd: (context: Record<string, unknown>) => void seen.push([operation, context]),
        error: () => undefined,
      };
      channel.subscribe(listener);
      return () => channel.unsubscribe(listener);
    });
    const stage = createStage();
    const { locks, link } = stage.actor({ ttl: 300 });
    const lock = await held(locks.acquire('secret-name'));
    await locks.tryAcquire('secret-name');
    await stage.clock.advance(150);
    await lock.release();
    await held(locks.tryAcquire('secret-name'));
    link.held = true;
    await stage.clock.advance(300);
    expect(await stage.strike()).toBe(0);
    for (const stop of listeners) stop();
    const told = seen.map(([operation, { result, reason }]) => `${operation}: ${reason ?? result}`);
    expect(told).toEqual(
      expect.arrayContaining(['acquire: acquired', 'acquire: held', 'release: true', 'lost: expired']),
    );
    expect(told).toContain('extend: 1');
    expect(JSON.stringify(seen)).not.toContain('secret-name');
  });
});
