import { describe, expect, it } from 'vitest';
import { firstNoticed } from './schedule.js';
import { runStateSchedule, type StateDefect } from './state-model.js';

/** Set the variable for a long run; a failing seed replays by itself. */
const schedules = Number(process.env.PENKNIFE_SCHEDULES ?? 30);

/** What the schedules must have met, or they prove nothing about it. */
const situations = ['changed', 'conflict', 'absent', 'unknown', 'snapshot', 'snapshot anew', 'change'];

const noticed = (defect: StateDefect) => firstNoticed((seed) => runStateSchedule(seed, defect));

describe('states under random schedules', () => {
  it('of changes that expect one version one is made; views are told in order, and end where the server is', async () => {
    const coverage = new Map<string, number>();
    for (let seed = 1; seed <= schedules; seed++) {
      expect(await runStateSchedule(seed, {}, coverage), `seed ${seed}`).toBeUndefined();
    }
    expect(situations.filter((situation) => !coverage.has(situation))).toEqual([]);
  }, 300_000);

  it('the model notices a change that does not compare', async () => {
    const bug = {
      script: 'pubsub/change-state',
      right: "if ARGV[10] ~= '*' and ARGV[10] ~= version then",
      wrong: 'if false then',
    };
    expect(await noticed({ bug })).toMatch(/two changes were made/);
  });

  it('the model notices an entry that is not written with its change', async () => {
    const bug = {
      script: 'pubsub/change-state',
      right: "redis.call('HSET', KEYS[4], ARGV[8], position .. '\\n' .. string.sub(ARGV[9], 2))",
      wrong:
        "if string.sub(position, -1) ~= '3' then redis.call('HSET', KEYS[4], ARGV[8], position .. '\\n' .. string.sub(ARGV[9], 2)) end",
    };
    expect(await noticed({ bug })).toMatch(/a view ends with|stood at/);
  });

  it('the model notices a change that a view is not told', async () => {
    let number = 0;
    expect(await noticed({ hears: () => ++number % 7 !== 0 })).toMatch(/follows|stood at|a view ends with/);
  });
});
