import type { Driver } from '@penknife/core';
import { describe, expect, it } from 'vitest';
import { dressed } from './dressed.js';
import { faultsOf, type HistoryEvent } from './history.js';
import { type Planted, runSchedule } from './schedule.js';

const seeds = Array.from({ length: 30 }, (_, i) => 1000 + i);

async function faultsUnder(planted: Planted): Promise<string[]> {
  const faults: string[] = [];
  for (const seed of seeds.slice(0, 8)) {
    const { history, pending } = await runSchedule(seed, planted);
    faults.push(...faultsOf(history, pending));
  }
  return faults;
}

/** Answers calls of one script itself instead of sending them. */
function answering(script: string, answer: unknown): (driver: Driver) => Driver {
  return (driver) =>
    dressed(driver, {
      send: (command, options) =>
        command.script?.name === script ? Promise.resolve(answer as never) : driver.send(command, options),
    });
}

describe('histories of processes that die, stall and leave', () => {
  it.each(seeds)('seed %i: at least once, one owner at a time, in order, nothing left', async (seed) => {
    const { history, pending } = await runSchedule(seed);
    expect(faultsOf(history, pending)).toEqual([]);
    expect(
      history.some((event) => event.type === 'ended' && event.how === 'lost') || history.length > 50,
    ).toBe(true);
  });

  it('planted: leases that are said to be renewed and are not', async () => {
    const faults = await faultsUnder({ driver: answering('streams/renew', new Map()) });
    expect(faults.some((fault) => fault.includes('while'))).toBe(true);
  });

  it('planted: a handler that acknowledges before its work is done', async () => {
    const faults = await faultsUnder({ before: (message) => message.ack() });
    expect(faults.some((fault) => fault.includes('never done'))).toBe(true);
  });

  it('planted: acknowledgements that are said to be done and are not', async () => {
    const done = Array.from({ length: 200 }, () => 'done');
    const faults = await faultsUnder({ driver: answering('streams/ack', done) });
    expect(faults.some((fault) => fault.includes('still pending'))).toBe(true);
  });

  it('planted: order is noticed', () => {
    const started = (id: string): HistoryEvent => ({ type: 'started', id, by: 'p', deliveries: 1, atMs: 0 });
    const ended = (id: string): HistoryEvent => ({
      type: 'ended',
      id,
      by: 'p',
      deliveries: 1,
      atMs: 0,
      how: 'done',
    });
    expect(faultsOf([started('9-0'), ended('9-0'), started('10-0'), ended('10-0')], 0)).toEqual([]);
    expect(faultsOf([started('10-0'), ended('10-0'), started('9-0'), ended('9-0')], 0)).toEqual([
      'p: 9-0 after 10-0',
    ]);
  });
});
