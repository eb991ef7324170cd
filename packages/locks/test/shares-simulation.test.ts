import type { ScriptBug } from '@penknife/testing';
import { describe, expect, it } from 'vitest';
import { runSharesSchedule, type SharesFindings } from './shares-simulation.js';
import { simulatedServer } from './simulation.js';

const schedules = process.env.PENKNIFE_TIER === 'full' ? 1000 : 60;

async function search(seeds: number, bug?: ScriptBug): Promise<SharesFindings> {
  const server = simulatedServer();
  let grants = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const found = await runSharesSchedule(server, { seed, ...(bug && { bug }) });
    grants += found.grants;
    if (found.complaints.length > 0)
      return { grants, complaints: found.complaints.map((complaint) => `seed ${seed}: ${complaint}`) };
  }
  return { grants, complaints: [] };
}

describe('schedules of several processes on a semaphore and a read-write lock', () => {
  it('with cuts, lost answers and stopped processes: never more than fits, nothing left', async () => {
    const { complaints, grants } = await search(schedules);
    expect(complaints).toEqual([]);
    expect(grants).toBeGreaterThan(schedules * 4);
  }, 600_000);

  const bugs: readonly (ScriptBug & { readonly name: string; readonly finds: RegExp })[] = [
    {
      name: 'room that is one too much',
      script: 'locks/shares-acquire',
      right: 'state.used + one.weight <= state.limit',
      wrong: 'state.used + one.weight <= state.limit + 1',
      finds: /permits were held|read while/,
    },
    {
      name: 'a release that lets go of somebody',
      script: 'locks/shares-leave',
      right: 'local holder, at = find(state.holders, token)',
      wrong: 'local holder, at = state.holders[1], 1',
      finds: /held|wrote|read while/,
    },
    {
      name: 'a lease that ends on the server before it ends for its holder',
      script: 'locks/shares-acquire',
      right: 'local till = now + tonumber(ARGV[2])',
      wrong: 'local till = now + tonumber(ARGV[2]) / 2',
      finds: /held|wrote|read while/,
    },
    {
      name: 'a downgrade that lets writers in',
      script: 'locks/shares-extend',
      right: 'holder.weight = weight',
      wrong: 'table.remove(state.holders, 1)',
      finds: /read while/,
    },
    {
      name: 'a state without a TTL',
      script: 'locks/shares-leave',
      right: "redis.call('SET', key, text, 'PX', lifeMs)",
      wrong: "redis.call('SET', key, text)",
      finds: /keys/,
    },
  ];
  for (const { name, finds, ...bug } of bugs) {
    it(`the checker notices ${name}`, async () => {
      expect((await search(300, bug)).complaints.join('\n')).toMatch(finds);
    }, 60_000);
  }
});
