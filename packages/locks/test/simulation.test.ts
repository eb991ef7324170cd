import { fallenFences, overlaps, overtaken, type ScriptBug } from '@penknife/testing';
import { describe, expect, it } from 'vitest';
import leaveAloneLua from '../src/scripts/mutex-leave-alone.lua';
import takeFreeLua from '../src/scripts/mutex-take-free.lua';
import { leaks, revived } from './history.js';
import { runSchedule, simulatedServer } from './simulation.js';

/** Each planted bug below is found within a hundred. */
const schedules = process.env.PENKNIFE_TIER === 'full' ? 2000 : 120;

interface Findings {
  /** What the checker says of the first schedule it does not like, after the seed. */
  readonly complaints: readonly string[];
  /** How many locks were granted, and how many of them by the queue: proof that something was going on. */
  grants: number;
  queued: number;
}

async function search(
  seeds: number,
  faults: boolean,
  bug?: ScriptBug,
  slowClocks = false,
): Promise<Findings> {
  const server = simulatedServer();
  const totals = { grants: 0, queued: 0 };
  for (let seed = 1; seed <= seeds; seed++) {
    const { history, left } = await runSchedule(server, { seed, faults, slowClocks, ...(bug && { bug }) });
    const { events } = history;
    const queued = new Set(events.flatMap((event) => (event.type === 'queued' ? [event.ticket] : [])));
    const served = new Set(events.flatMap((event) => (event.type === 'served' ? [event.ticket] : [])));
    totals.grants += events.filter(({ type }) => type === 'granted').length;
    totals.queued += [...queued].filter((ticket) => served.has(ticket)).length;
    const all = [
      ...overlaps(events),
      ...fallenFences(events),
      ...revived(events),
      ...(faults ? [] : overtaken(events)),
      ...leaks(left),
    ];
    if (all.length > 0)
      return { ...totals, complaints: all.map((complaint) => `seed ${seed}: ${complaint}`) };
  }
  return { ...totals, complaints: [] };
}

describe('schedules of several processes', () => {
  it('without faults: one holder at a time, rising fences, first come first served, nothing left', async () => {
    const { complaints, grants, queued } = await search(schedules, false);
    expect(complaints).toEqual([]);
    expect(grants).toBeGreaterThan(schedules * 3);
    expect(queued).toBeGreaterThan(schedules);
  }, 600_000);

  it('with cuts, lost answers, late requests and stopped processes: one holder at a time, nothing left', async () => {
    const { complaints, grants, queued } = await search(schedules, true);
    expect(complaints).toEqual([]);
    expect(grants).toBeGreaterThan(schedules * 3);
    expect(queued).toBeGreaterThan(schedules);
  }, 600_000);

  const bugs: readonly (ScriptBug & {
    readonly name: string;
    readonly faults: boolean;
    readonly finds: RegExp;
  })[] = [
    {
      name: 'a release that does not compare the token',
      script: 'locks/mutex-leave',
      right: 'state.token == token and state.till > 0',
      wrong: 'state.till > 0',
      faults: true,
      finds: /while .* held it/,
    },
    {
      name: 'a hand-over to the last in the queue',
      script: 'locks/mutex-leave',
      right: 'for at = 1, #all, recordSize do',
      wrong: 'for at = #all - recordSize + 1, 1, -recordSize do',
      faults: false,
      finds: /queued earlier/,
    },
    {
      name: 'an extension that takes the lock anew',
      script: 'locks/mutex-extend',
      right: 'if state and state.token == ARGV[2 * i - 1] and state.till > now then',
      wrong: 'if state then state.token = ARGV[2 * i - 1]',
      faults: true,
      finds: /extended after its end/,
    },
    {
      name: 'a fence that is only the time',
      script: 'locks/mutex-acquire',
      right: "fence = string.format('%.0f', tonumber(last) + 1)",
      wrong: '',
      faults: false,
      finds: /after/,
    },
    {
      name: 'a waiter that barges past a lease that runs',
      script: 'locks/mutex-acquire',
      right: 'if state.till <= now then\n  changed',
      wrong: 'if state.till <= now + 300 then\n  changed',
      faults: true,
      finds: /while .* held it/,
    },
    {
      name: 'a state without a TTL',
      script: 'locks/mutex-leave',
      right: ", 'PX', memoryText)",
      wrong: ')',
      faults: false,
      finds: /keys/,
    },
  ];
  it('the short way of an acquire and a release is a shortcut and nothing else', async () => {
    for (const [script, lua] of [
      ['locks/mutex-acquire', takeFreeLua],
      ['locks/mutex-leave', leaveAloneLua],
    ] as const) {
      const without = { script, right: lua, wrong: "local found = redis.call('GET', KEYS[1])" };
      expect((await search(15, false, without)).complaints).toEqual([]);
      expect((await search(15, true, without)).complaints).toEqual([]);
    }
  });

  it('the checker notices handles that outlive their leases', async () => {
    const { complaints } = await search(300, true, undefined, true);
    expect(complaints.join('\n')).toMatch(/while .* held it/);
  });

  for (const { name, faults, finds, ...bug } of bugs) {
    it(`the checker notices ${name}`, async () => {
      expect((await search(300, faults, bug)).complaints.join('\n')).toMatch(finds);
    });
  }
});
