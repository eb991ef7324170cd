import { describe, expect, it } from 'vitest';
import type { History } from './history.js';
import type { PlantedBug } from './planted-bugs.js';
import { runSchedule, simulatedServer } from './simulation.js';

const full = process.env.PENKNIFE_TIER === 'full';

type Complaint = 'stale' | 'doubled' | 'overdue';

/** `until`: no further than the first schedule that is complained of. */
async function run(
  seeds: number,
  faults: boolean,
  { bug, until }: { readonly bug?: PlantedBug; readonly until?: Complaint } = {},
): Promise<History[]> {
  const server = simulatedServer();
  const histories: History[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const history = await runSchedule(server, { seed, faults, ...(bug && { bug }) });
    histories.push(history);
    if (until !== undefined && history[until].length > 0) break;
  }
  server.redis.close();
  return histories;
}

const complaints = (histories: readonly History[], kind: Complaint): string[] =>
  histories.flatMap((history, i) => history[kind].map((line) => `seed ${i + 1}: ${line}`));
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

describe('random schedules of three processes', () => {
  it('trap 1: 1 000 invalidation races, and no read that begins after an invalidation gives what was loaded before', async () => {
    const histories = await run(full ? 2000 : 100, false);
    expect(sum(histories.map(({ invalidations }) => invalidations.length))).toBeGreaterThan(1000);
    expect(sum(histories.map(({ reads }) => reads))).toBeGreaterThan(2500);
    expect(sum(histories.map(({ writes }) => writes))).toBeGreaterThan(250);
    expect(complaints(histories, 'stale')).toEqual([]);
    expect(complaints(histories, 'doubled')).toEqual([]);
    expect(complaints(histories, 'overdue')).toEqual([]);
    expect(sum(histories.map(({ unanswered }) => unanswered))).toBe(0);
  }, 300_000);

  it('trap 6: with lost messages, records and leases, and loaders that never come back', async () => {
    const histories = await run(full ? 1000 : 70, true);
    expect(sum(histories.map(({ losses }) => losses))).toBeGreaterThan(30);
    expect(complaints(histories, 'stale')).toEqual([]);
    expect(complaints(histories, 'doubled')).toEqual([]);
    expect(complaints(histories, 'overdue')).toEqual([]);
  }, 300_000);

  it.each([
    ['unfenced-fill', 'stale', false, 40],
    ['no-replay', 'stale', true, 40],
    ['no-lease', 'doubled', false, 20],
    ['deaf-tag', 'stale', false, 40],
    ['lenient-set', 'stale', false, 40],
    ['unclaimed-write', 'stale', false, 40],
    ['careless-batch', 'stale', false, 40],
    ['long-lived', 'overdue', false, 40],
    ['floorless-record', 'stale', true, 60],
    ['tagless-hit', 'stale', false, 60],
    ['tagless-join', 'stale', false, 60],
  ] as const)(
    'notices %s',
    async (bug, kind, faults, seeds) => {
      expect(complaints(await run(seeds, faults, { bug, until: kind }), kind)).not.toEqual([]);
    },
    60_000,
  );
});
