import { type SimulationEvent, simulate } from '@penknife/testing';
import { describe, expect, it } from 'vitest';
import { del, engine, failureOf, get, increment, set } from './simulation.js';

/** Two who were inside at once. */
function overlaps(events: readonly SimulationEvent[]): string[] {
  const inside = new Set<string>();
  const found: string[] = [];
  for (const { type, process, fault } of events) {
    if (type === 'entered') {
      for (const other of inside) found.push(`${process} entered while ${other} was inside`);
      inside.add(process);
    } else if (type === 'left' || fault === 'crash') inside.delete(process);
  }
  return found;
}

describe('what is naive is caught, and its schedule made short', () => {
  it('a counter that reads, then writes', async () => {
    const failure = await failureOf({
      engine,
      seeds: 20,
      async scenario({ driver }) {
        await set(driver, 'n', String(Number(await get(driver, 'n')) + 1));
      },
      async check({ driver }) {
        expect(await get(driver, 'n')).toBe('2');
      },
    });
    expect(failure.complaints.join()).toContain("expected '1' to be '2'");
    // In the plainest schedule both read before either writes.
    expect(failure.decisions).toBe(0);
    expect(failure.trace.length).toBe(8);
  });

  it('the same counter in one command is right', async () => {
    const { schedules } = await simulate({
      engine,
      seeds: 200,
      scenario: ({ driver }) => increment(driver, 'n'),
      async check({ driver }) {
        expect(await get(driver, 'n')).toBe('2');
      },
    });
    expect(schedules).toBe(200);
  });

  it('a lock that looks, then takes', async () => {
    const failure = await failureOf({
      engine,
      seeds: 20,
      async scenario({ driver, clock, record }) {
        if ((await get(driver, 'lock')) !== null) return;
        await set(driver, 'lock', 'mine');
        record('entered');
        await clock.sleep(10);
        record('left');
        await del(driver, 'lock');
      },
      check: ({ events }) => overlaps(events),
    });
    expect(failure.complaints.join()).toMatch(/entered while/);
    expect(failure.decisions).toBe(0);
  });

  it('a lock whose TTL ends while its holder is paused, or the answer is late', async () => {
    const failure = await failureOf({
      engine,
      seeds: 500,
      faults: { kinds: ['delay', 'pause', 'crash'], longestMs: 1000 },
      async scenario({ driver, clock, record }) {
        for (let i = 0; i < 20; i++) {
          if ((await set(driver, 'lock', 'mine', 'NX', 'PX', '100')) !== null) {
            record('entered');
            await clock.sleep(10);
            record('left');
            await del(driver, 'lock');
            return;
          }
          await clock.sleep(20);
        }
      },
      check: ({ events }) => overlaps(events),
    });
    // One fault is enough, and one is left.
    const faults = failure.events.filter(({ type }) => type === 'fault');
    expect(faults).toHaveLength(1);
    expect(['delay', 'pause']).toContain(faults[0]?.fault);
    expect(failure.decisions).toBeLessThanOrEqual(3);
  });

  it('a cache that is filled with what was read before it was invalidated', async () => {
    const failure = await failureOf({
      engine,
      seeds: 50,
      setup: () => ({ database: 'old' }),
      async scenario({ index, driver, clock }, world) {
        if (index === 0) {
          const value = world.database;
          await clock.sleep(5);
          await set(driver, 'cached', value);
        } else {
          await clock.sleep(1);
          world.database = 'new';
          await del(driver, 'cached');
        }
      },
      async check({ driver, context }) {
        expect([context.database, null]).toContain(await get(driver, 'cached'));
      },
    });
    expect(failure.complaints.join()).toContain("'old'");
    expect(failure.decisions).toBe(0);
  });

  it('a retry that counts twice because a reply was lost', async () => {
    const failure = await failureOf({
      engine,
      seeds: 100,
      faults: ['lost-reply', 'drop', 'delay'],
      scenario: ({ driver }) => increment(driver, 'n').catch(() => increment(driver, 'n')),
      async check({ driver, events }) {
        if (events.some(({ type }) => type === 'gave-up')) return;
        expect(await get(driver, 'n')).toBe('2');
      },
    });
    expect(failure.complaints.join()).toContain("expected '3' to be '2'");
    expect(failure.events.filter(({ type }) => type === 'fault')).toHaveLength(1);
  });
});
