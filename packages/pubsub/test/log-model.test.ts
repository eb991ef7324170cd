import { describe, expect, it } from 'vitest';
import type { ChannelEvent } from '../src/index.js';
import { nowhere } from '../src/position.js';
import { firstComplaint, type Item } from './log-checker.js';
import { type Coverage, runSchedule, type Tamper } from './log-model.js';
import { firstNoticed } from './schedule.js';

/** Set the variable for a long run; a failing seed replays by itself. */
const schedules = Number(process.env.PENKNIFE_SCHEDULES ?? 120);

/** What the schedules must have met, or they prove nothing about it. */
const situations = [
  'live',
  'history',
  'interrupted recovered',
  'interrupted truncated',
  'interrupted too-far-behind',
  'interrupted new-epoch',
  'interrupted rewound',
  'interrupted no-history',
  'lost recovered',
  'lost new-epoch',
  'overflow dropped',
  'resume recovered',
  'resume truncated',
  'resume new-epoch',
  'resume rewound',
  'history from nowhere',
];

/** What the checker says of the first schedule that shows a planted defect. */
const noticed = (makeTamper: () => Tamper) =>
  firstNoticed(async (seed) => firstComplaint(await runSchedule(seed, makeTamper())));

describe('log channels under random schedules', () => {
  it('every subscriber has the publish order, without duplicates, every hole announced', async () => {
    const coverage: Coverage = new Map();
    for (let seed = 1; seed <= schedules; seed++) {
      expect(firstComplaint(await runSchedule(seed, undefined, coverage)), `seed ${seed}`).toBeUndefined();
    }
    expect(situations.filter((situation) => !coverage.has(situation))).toEqual([]);
  }, 300_000);

  it('the checker notices a gap that is kept back', async () => {
    const tamper: Tamper = (event, keep) => {
      if (event.type === 'message' || event.recovered) keep(event);
    };
    expect(await noticed(() => tamper)).toMatch(/no gap says why|ends at/);
  });

  it('the checker notices a message that comes twice', async () => {
    const tamper: Tamper = (event, keep) => {
      keep(event);
      if (event.type === 'message' && event.message.number === 3) keep(event);
    };
    expect(await noticed(() => tamper)).toMatch(/came twice/);
  });

  it('the checker notices recovered messages that are merged in the wrong order', async () => {
    const makeTamper = (): Tamper => {
      let held: ChannelEvent<Item> | undefined;
      return (event, keep) => {
        // What was read back comes one too late, behind the next event.
        if (held === undefined && event.type === 'message' && event.source === 'history') {
          held = event;
          return;
        }
        keep(event);
        if (held !== undefined) keep(held);
        held = undefined;
      };
    };
    expect(await noticed(makeTamper)).toMatch(/no gap says why/);
  });

  it('the checker notices a message that is lost without a word', async () => {
    const tamper: Tamper = (event, keep) => {
      if (event.type !== 'message' || event.message.number !== 2) keep(event);
    };
    expect(await noticed(() => tamper)).toMatch(/no gap says why|ends at/);
  });

  it('the checker notices that who comes back ahead of the server is not told that it fell back', async () => {
    const tamper: Tamper = (event, keep) => {
      if (event.type === 'message' || event.reason !== 'resume' || event.unrecovered !== 'rewound')
        keep(event);
    };
    expect(await noticed(() => tamper)).toMatch(/no gap says why|ends at/);
  });

  it('the checker notices that the first message is kept from who was there before it', async () => {
    const tamper: Tamper = (event, keep, since) => {
      if (since?.epoch !== nowhere || event.type !== 'message' || event.position?.offset !== 1) keep(event);
    };
    expect(await noticed(() => tamper)).toMatch(/:2 follows .*, and no gap says why|ends at/);
  });

  it('the checker notices a rewind that is told as something else', async () => {
    const tamper: Tamper = (event, keep) => {
      const isRewind = event.type === 'gap' && event.unrecovered === 'rewound';
      keep(isRewind ? { ...event, unrecovered: 'truncated' } : event);
    };
    expect(await noticed(() => tamper)).toMatch(/a gap leads back/);
  });

  it('the checker notices who hears nothing any more after a gap without an end', async () => {
    const makeTamper = (): Tamper => {
      const deaf = new Set<unknown>();
      return (event, keep) => {
        if (deaf.has(keep)) return;
        keep(event);
        if (event.type === 'gap' && !event.recovered && event.to === undefined) deaf.add(keep);
      };
    };
    expect(await noticed(makeTamper)).toMatch(/ends at no known place/);
  });
});
