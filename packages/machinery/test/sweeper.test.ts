import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Driver } from '@penknife/core';
import { overMatrix } from '@penknife/matrix';
import { afterEach, expect, it } from 'vitest';
import { Sweeper, type Sweeping, sweepDueSet } from '../src/index.js';
import { add, eventually } from './stage.js';

const dueKey = 'machinery:{sweep}:due';
const leaseKey = 'machinery:{sweep}:lease';
const started: Sweeper[] = [];

interface Handled {
  readonly holder: string;
  readonly member: string;
}

interface Settings {
  readonly handle?: (members: readonly string[]) => Promise<void>;
  readonly leaseMs?: number;
  readonly hideMs?: number;
  readonly batch?: number;
}

function sweepingOf(own: Driver, holder: string, log: Handled[], settings: Settings = {}): Sweeping {
  return sweepDueSet(own, {
    leaseKey,
    dueKey,
    holder,
    leaseMs: settings.leaseMs ?? 2000,
    batch: settings.batch ?? 10,
    hideMs: settings.hideMs ?? 2000,
    async handle(members) {
      await settings.handle?.(members);
      for (const member of members) log.push({ holder, member });
    },
  });
}

function sweeper(own: Driver, sweeping: Sweeping): Sweeper {
  const made = new Sweeper(own, sweeping, { everyMs: 20 });
  started.push(made);
  made.start();
  return made;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((each) => each.close()));
});

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `m${i}`);

overMatrix('sweeper', ({ driver, advance, admin, column }) => {
  it('what is due is handled once, by one of several processes, in bounded batches', async () => {
    const log: Handled[] = [];
    const sizes: number[] = [];
    for (const holder of ['a', 'b', 'c']) {
      const own = await driver();
      const handle = async (members: readonly string[]): Promise<void> => void sizes.push(members.length);
      sweeper(own, sweepingOf(own, holder, log, { handle }));
    }
    await add(await driver(), dueKey, 0, names(25));
    await eventually(advance, 'all are handled', async () => (await admin('ZCARD', dueKey)) === 0);
    expect(log.map(({ member }) => member).sort()).toEqual(names(25).sort());
    expect(new Set(log.map(({ holder }) => holder)).size).toBe(1);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(10);
  });

  it('nothing is handled before its time, and the set has a TTL from the act that makes it', async () => {
    const log: Handled[] = [];
    const own = await driver();
    expect(await add(own, dueKey, 60, ['later'])).toBeGreaterThan(60_000);
    const addedMs = own.clock.monotonic();
    sweeper(own, sweepingOf(own, 'a', log));
    await eventually(advance, 'it is handled', () => log.length > 0);
    expect(own.clock.monotonic() - addedMs).toBeGreaterThanOrEqual(55);
  });

  it('what a handler failed on comes again, and the failure is reported', async () => {
    const log: Handled[] = [];
    const reported: unknown[] = [];
    const onError = (message: unknown): void => void reported.push(message);
    subscribe('penknife:listener.error', onError);
    try {
      const own = await driver();
      let tries = 0;
      const handle = async (): Promise<void> => {
        if (++tries === 1) throw new Error('planted');
      };
      await add(own, dueKey, 0, ['stubborn']);
      sweeper(own, sweepingOf(own, 'a', log, { handle, hideMs: 50 }));
      await eventually(advance, 'it is handled', async () => (await admin('ZCARD', dueKey)) === 0);
      expect([tries, log.length, reported.length]).toEqual([2, 1, 1]);
    } finally {
      unsubscribe('penknife:listener.error', onError);
    }
  });

  it('who closes finishes its batch and hands over at once', async () => {
    const log: Handled[] = [];
    const [first, second] = [await driver(), await driver()];
    let release = (): void => undefined;
    let begun = false;
    const handle = (): Promise<void> => {
      begun = true;
      return new Promise((resolve) => {
        release = resolve;
      });
    };
    await add(first, dueKey, 0, ['held']);
    const holding = sweeper(first, sweepingOf(first, 'a', log, { handle }));
    await eventually(advance, 'the batch has begun', () => begun);
    const closing = holding.close();
    release();
    await closing;
    expect([log, await admin('EXISTS', leaseKey), await admin('ZCARD', dueKey)]).toEqual([
      [{ holder: 'a', member: 'held' }],
      0,
      0,
    ]);
    await add(second, dueKey, 0, ['next']);
    sweeper(second, sweepingOf(second, 'b', log));
    await eventually(advance, 'the next is handled', () => log.length === 2);
    expect(log[1]).toEqual({ holder: 'b', member: 'next' });
  });

  it('who dies is followed by another when the lease is over, and what it had taken comes again', async () => {
    const log: Handled[] = [];
    const [dies, follows] = [await driver(), await driver()];
    const signal = new AbortController().signal;
    const never = sweepingOf(dies, 'a', [], {
      handle: () => Promise.reject(new Error('killed')),
      leaseMs: 60_000,
      hideMs: 60_000,
    });
    await add(dies, dueKey, 0, ['orphan']);
    await expect(never.sweep(signal)).rejects.toThrow('killed');
    expect(await sweepingOf(follows, 'b', log).sweep(signal)).toMatchObject({ kind: 'elsewhere' });
    if (column.memory) {
      await advance(60_000);
    } else {
      // As the time of both would end on a server.
      await admin('PEXPIRE', leaseKey, 1);
      await admin('ZADD', dueKey, 1, 'orphan');
    }
    sweeper(follows, sweepingOf(follows, 'b', log));
    await eventually(advance, 'it is handled', () => log.length > 0);
    expect(log).toEqual([{ holder: 'b', member: 'orphan' }]);
  });

  it('what was added anew while it was handled is not settled away', async () => {
    const own = await driver();
    const log: Handled[] = [];
    const handle = async (): Promise<void> => void (await add(own, dueKey, 30_000, ['again']));
    await add(own, dueKey, 0, ['again', 'once']);
    await sweepingOf(own, 'a', log, { handle }).sweep(new AbortController().signal);
    expect(await admin('ZRANGE', dueKey, 0, -1)).toEqual(['again']);
  });

  it('a holder renews its lease with each sweep, and never ends that of another', async () => {
    const own = await driver();
    const [mine, theirs] = [sweepingOf(own, 'a', []), sweepingOf(own, 'b', [])];
    const { signal } = new AbortController();
    expect(await mine.sweep(signal)).toEqual({ kind: 'swept', nextDueMs: undefined });
    expect(await mine.sweep(signal)).toEqual({ kind: 'swept', nextDueMs: undefined });
    await theirs.leave();
    expect(await admin('GET', leaseKey)).toBe('a');
    await mine.leave();
    expect(await admin('GET', leaseKey)).toBe(null);
  });

  it('while the server refuses it is tried again, and never started anew once closed', async () => {
    const own = await driver();
    let sweeps = 0;
    const flaky: Sweeping = {
      async sweep() {
        if (++sweeps < 3) throw new Error('planted');
        return { kind: 'swept', nextDueMs: undefined };
      },
      leave: async () => undefined,
    };
    const one = sweeper(own, flaky);
    one.start();
    await eventually(advance, 'it is swept', () => sweeps >= 3);
    await one.close();
    const before = sweeps;
    one.start();
    await advance(60);
    expect(sweeps).toBe(before);
  });
});
