import type { Driver } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { editedScript, faultKinds, type SimulationReport, simulate } from '@penknife/testing';
import { describe, expect, it } from 'vitest';
import { createLeaderboard } from '../src/index.js';

const seeds = process.env.PENKNIFE_TIER === 'full' ? 3000 : 80;

function club(driver: Pick<Driver, 'send' | 'clock'>) {
  return createLeaderboard(driver, {
    name: 'club',
    order: [{ points: 'desc', max: 1e9 }],
    boards: {
      all: { operator: 'sum' },
      world: { operator: 'sum', apart: true },
      clan: { operator: 'sum', apart: true },
    },
  });
}

/**
 * Processes that submit, each submit under a key, and hand the outbox over in between: they are killed, frozen and cut off
 * wherever it hurts. In the end every board apart has what the near one has.
 */
function run(
  many: number,
  dress: (driver: Driver) => Driver = (driver) => driver,
): Promise<SimulationReport> {
  return simulate({
    engine: ({ clock }) => createMemoryRedis({ clock, seed: 1 }),
    seeds: many,
    processes: 3,
    shrinkRuns: 60,
    faults: { kinds: faultKinds, atMost: 4 },
    setup: async ({ driver }) => {
      await club(driver).submit('m0', { points: 1 });
    },
    async scenario({ name, life, driver, index, pick, record }) {
      const scores = club(dress(driver));
      for (let turn = 0; turn < 4; turn++) {
        if (pick(['submit', 'relay']) === 'submit') {
          const points = 10 ** (index * 2) * pick([1, 2, 3]);
          await scores.submit(`m${pick([0, 1])}`, { points }, { key: `${name}-${life}-${turn}` });
        } else {
          const holder = `${name}-${life}`;
          const relayed = await scores.outbox.relay({
            holder,
            leaseMs: pick([1, 50, 5000]),
            most: pick([1, 10]),
          });
          if (relayed.kind === 'relayed' && relayed.done > 0) record('relayed');
          if (relayed.kind === 'relayed' && relayed.failures.length > 0) throw relayed.failures[0];
        }
      }
    },
    async check({ driver, advance }) {
      const scores = club(driver);
      await advance(60_000);
      while ((await scores.outbox.length()) > 0) {
        await scores.outbox.relay({ holder: 'last', leaseMs: 1, most: 100 });
      }
      const [near, world, clan] = await Promise.all(
        (['all', 'world', 'clan'] as const).map(async (board) =>
          (await scores.board(board).top()).rows
            .map(({ member, score }) => `${member} ${score.points}`)
            .join(),
        ),
      );
      return near === world && near === clan ? [] : [`near ${near}; world ${world}; clan ${clan}`];
    },
  });
}

describe('the outbox, killed at any instruction', () => {
  it('loses nothing and doubles nothing', async () => {
    const { events, faults } = await run(seeds);
    expect(events.relayed).toBeGreaterThan(seeds);
    expect((faults.restart ?? 0) + (faults.crash ?? 0)).toBeGreaterThan(seeds / 4);
    expect(faults['lost-reply']).toBeGreaterThan(seeds / 8);
  }, 120_000);

  const plants: readonly [bug: string, text: string, instead: string][] = [
    ['a board does not know what it has had', 'if last and not comesAfter(entry, last)', 'if false'],
    [
      'what a board has had is compared as text',
      'return tonumber(number) > tonumber(otherNumber)',
      'return false',
    ],
    [
      'a submit is not put into the outbox',
      "redis.call('XADD', outbox",
      "if #queued < 0 then redis.call('XADD', outbox",
    ],
  ];
  for (const [bug, text, instead] of plants) {
    it(`the check notices: ${bug}`, async () => {
      const isOpen = instead.startsWith('if #');
      const edit = (lua: string): string => {
        const edited = lua.replace(text, () => instead);
        return isOpen
          ? edited.replace(
              "exact(happened()))\n  redis.call('SADD'",
              "exact(happened())) end\n  redis.call('SADD'",
            )
          : edited;
      };
      const buggy = run(400, (driver) => ({
        ...driver,
        send: (command, call) => driver.send(editedScript(command, edit), call),
      }));
      await expect(buggy).rejects.toThrow(/near .*; world /);
    }, 120_000);
  }

  it('the check notices: entries are taken out before they are handed over', async () => {
    const buggy = run(400, (driver) => ({
      ...driver,
      send: async (command, call) => {
        const answer = await driver.send(command, call);
        if (command.script?.name === 'leaderboard/outbox') {
          const { entries } = answer as { entries: readonly { id: string }[] };
          const key = String(command.args[4]);
          if (entries.length > 0)
            await driver.send(
              { args: ['XDEL', key, ...entries.map(({ id }) => id)], key, read: () => 0 },
              call,
            );
        }
        return answer;
      },
    }));
    await expect(buggy).rejects.toThrow(/near .*; world /);
  }, 120_000);
});
