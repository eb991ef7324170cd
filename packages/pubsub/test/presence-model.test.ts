import { describe, expect, it } from 'vitest';
import { type PresenceDefect, runPresenceSchedule } from './presence-model.js';
import { forgetsUnanswered, trustsEntered } from './presence-wrong.js';
import { firstNoticed } from './schedule.js';

/** Set the variable for a long run; a failing seed replays by itself. */
const schedules = Number(process.env.PENKNIFE_SCHEDULES ?? 20);

/** What the schedules must have met, or they prove nothing about it. */
const situations = ['joined', 'left', 'not joined', 'not left', 'dead', 'paused', 'back', 'flushed'];

const noticed = (defect: PresenceDefect) => firstNoticed((seed) => runPresenceSchedule(seed, defect), 40);

describe('presence under random schedules', () => {
  it('nobody is seen whom nobody holds, nobody leaves who is held, and everybody is told alike', async () => {
    const coverage = new Map<string, number>();
    for (let seed = 1; seed <= schedules; seed++) {
      expect(await runPresenceSchedule(seed, {}, coverage), `seed ${seed}`).toBeUndefined();
    }
    expect(situations.filter((situation) => !coverage.has(situation))).toEqual([]);
  }, 300_000);

  it('trap 23: the model notices that one tab which is closed takes the others with it', async () => {
    const bug = {
      script: 'pubsub/presence-leave',
      right: "if redis.call('HINCRBY', KEYS[5], user, -1) <= 0 then",
      wrong: "if redis.call('HINCRBY', KEYS[5], user, -1) < 100 then",
    };
    expect(await noticed({ bug })).toMatch(/left, and is held|present: /);
  });

  it('trap 23: the model notices the ghosts of the dead', async () => {
    const bug = {
      script: 'pubsub/presence-leave',
      right: "connections = redis.call('HRANDFIELD', KEYS[6], ARGV[8])",
      wrong: "connections = {} redis.call('DEL', KEYS[6])",
    };
    expect(await noticed({ bug })).toMatch(/present: .*; held:|told: .*; held:/);
  });

  it.each([
    ['a join whose answer is lost is not taken back', forgetsUnanswered],
    ['rooms that the server forgot are believed to be entered', trustsEntered],
  ])('trap 23: the model notices that %s', async (_, wrong) => {
    expect(await noticed({ wrong })).toMatch(/present: .*; held:|told: .*; held:/);
  });

  it('trap 24: the model notices a leave that is not told', async () => {
    expect(await noticed({ hears: (story) => story !== '-bob' })).toMatch(/told twice|told: /);
  });
});
