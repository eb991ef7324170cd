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
    ['a board does not know what it has had', 'if not comesAfter(entry, last)', 'if false'],
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

/**
 * The same, where a board takes two submits and refuses all others: in the end each refusal was told at least once, by one
 * process or another.
 */
function runRefusals(many: number, dress: (driver: Driver) => Driver = (driver) => driver) {
  let entries = new Set<string>();
  let told = new Set<string>();
  const tight = (driver: Driver) =>
    createLeaderboard(
      {
        clock: driver.clock,
        send: async (command, call) => {
          const answer = await driver.send(command, call);
          if (command.script?.name === 'leaderboard/outbox')
            for (const { id } of (answer as { entries: readonly { id: string }[] }).entries) entries.add(id);
          return answer;
        },
      },
      {
        name: 'tight',
        order: [{ points: 'desc', max: 2 }],
        boards: { all: { operator: 'set' }, world: { operator: 'sum', apart: true } },
      },
    );
  const onRefused = ({ id }: { readonly id: string }) => void told.add(id);
  return simulate({
    engine: ({ clock }) => createMemoryRedis({ clock, seed: 1 }),
    seeds: many,
    processes: 3,
    shrinkRuns: 60,
    faults: { kinds: faultKinds, atMost: 4 },
    setup: async ({ driver }) => {
      [entries, told] = [new Set(), new Set()];
      for (let i = 0; i < 4; i++) await tight(driver).submit('ann', { points: 1 });
    },
    async scenario({ name, life, driver, pick, record }) {
      const scores = tight(dress(driver));
      for (let turn = 0; turn < 4; turn++) {
        if (pick(['submit', 'relay']) === 'submit') {
          await scores.submit('ann', { points: 1 }, { key: `${name}-${life}-${turn}` });
          continue;
        }
        const relayed = await scores.outbox.relay({
          holder: `${name}-${life}`,
          leaseMs: pick([1, 50, 5000]),
          most: pick([1, 3, 10]),
          onRefused,
        });
        if (relayed.kind === 'relayed' && relayed.refused.length > 0) record('refused');
      }
    },
    async check({ driver, advance }) {
      const scores = tight(driver);
      await advance(60_000);
      while ((await scores.outbox.length()) > 0) {
        await scores.outbox.relay({ holder: 'last', leaseMs: 1, most: 100, onRefused });
      }
      const taken = (await scores.board('world').rank('ann'))?.score.points ?? 0;
      return told.size === entries.size - taken
        ? []
        : [`of ${entries.size} ${taken} were taken, ${told.size} told as refused`];
    },
  });
}

describe('what boards apart refuse, killed at any instruction', () => {
  it('is told at least once', async () => {
    const { events, faults } = await runRefusals(seeds);
    expect(events.refused).toBeGreaterThan(seeds / 2);
    expect(faults['lost-reply']).toBeGreaterThan(seeds / 8);
  }, 120_000);

  it('the check notices: a board does not remember how it refused', async () => {
    const edit = (lua: string): string => lua.replace("entry .. ' bounds'", 'entry');
    const buggy = runRefusals(400, (driver) => ({
      ...driver,
      send: (command, call) => driver.send(editedScript(command, edit), call),
    }));
    await expect(buggy).rejects.toThrow(/were taken, \d+ told as refused/);
  }, 120_000);
});
