import { tracingChannel } from 'node:diagnostics_channel';
import { createManualClock } from '@penknife/core';
import * as memory from '@penknife/driver-memory';
import { describe, expect, it } from 'vitest';
import { createQuorumLocks } from '../src/index.js';
import { held } from './eventually.js';
import { createStage } from './stage.js';

const available = 'createMemoryRedis' in memory;
const operations = ['acquire', 'release', 'extend', 'lost'];

/** What is told of an operation, in the order in which it ended. */
type Seen = [operation: string, told: Record<string, unknown>][];

describe.skipIf(!available)('traces', () => {
  function listen(): { readonly seen: Seen; stop(): void } {
    const seen: Seen = [];
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
    const stop = (): void => {
      for (const each of listeners) each();
    };
    return { seen, stop };
  }
  const inWords = (seen: Seen): string[] =>
    seen.map(([operation, { result, reason }]) => `${operation}: ${reason ?? result}`);

  it('tell what happened, and never the name of a resource', async () => {
    const { seen, stop } = listen();
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
    stop();
    const told = inWords(seen);
    expect(told).toEqual(
      expect.arrayContaining(['acquire: acquired', 'acquire: held', 'release: true', 'lost: expired']),
    );
    expect(told).toContain('extend: 1');
    expect(JSON.stringify(seen)).not.toContain('secret-name');
  });

  it('tell the same of a quorum', async () => {
    const { seen, stop } = listen();
    const clock = createManualClock();
    const drivers = [1, 2, 3].map((seed) => memory.createMemoryRedis({ clock, seed }).driver());
    const locks = createQuorumLocks(drivers, { ttl: 3000 });
    const lock = await held(locks.tryAcquire('secret-name'));
    await locks.tryAcquire('secret-name');
    await clock.advance(1100);
    expect(await lock.extend()).toBe('extended');
    await lock.release();
    const { signal } = await held(locks.tryAcquire('secret-name'));
    await locks.close();
    expect(signal.aborted).toBe(true);
    await Promise.all(drivers.map((driver) => driver.close()));
    stop();
    expect(inWords(seen)).toEqual([
      'acquire: acquired',
      'acquire: held',
      'extend: extended',
      'extend: extended',
      'release: true',
      'acquire: acquired',
      'lost: shutdown',
    ]);
    expect(JSON.stringify(seen)).not.toContain('secret-name');
  });
});
