import { type Codec, jsonCodec } from '@penknife/core';
import { type MatrixContext, slowDriver } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createLeaderboard } from '../src/index.js';
import { club, playBanRace, playBans, playHalfUnban, playRename, playRenameRace } from './lives.js';

/** Bans, names that change, names that are forgotten, on whatever the context runs on. */
export function memberSuite(context: MatrixContext): void {
  for (const layout of ['packed', 'lexicographic'] as const) {
    const make = async () => club(await context.driver(), layout);

    it(`a banned member is in no read, its scores go on, and come back with it: ${layout}`, async () => {
      await playBans(await context.driver(), layout);
    });

    it(`whoever plays while it is banned or comes back loses no score: ${layout}`, async () => {
      await playBanRace(await context.driver(), layout);
    });

    context.where(context.column.topology !== 'cluster', 'KEYS asks one node only')(
      `bans and metadata that are switched on over a board reach who was there before: ${layout}`,
      async () => {
        const driver = await context.driver();
        const base = { name: 'grown', order: [{ points: 'desc', max: 1e6 }], layout } as const;
        const bare = createLeaderboard(driver, { ...base, boards: { all: {} } });
        for (const [member, points] of Object.entries({ ann: 9, bob: 5 }))
          await bare.submit(member, { points });
        const scores = createLeaderboard(driver, {
          ...base,
          bans: true,
          metadata: jsonCodec as Codec<string>,
          boards: { all: { history: { every: '1h', samples: 3 }, attempts: 9 } },
        });
        await scores.submit('ann', { points: 10 }, { metadata: 'secret' });
        const seen = async () => (await scores.board('all').top()).rows.map(({ member }) => member);
        expect(await scores.members.ban('ann')).toBe(1);
        expect(await seen()).toEqual(['bob']);
        expect(await scores.members.unban('ann')).toBe(1);
        expect(await seen()).toEqual(['ann', 'bob']);
        expect(await scores.members.rename('ann', 'eve')).toBe(1);
        expect((await scores.board('all').rank('eve'))?.metadata).toBe('secret');
        for (const member of ['eve', 'bob']) expect(await scores.members.forget(member)).toBe(1);
        const left = ((await context.admin('KEYS', '*')) as string[]).filter(
          (key) => !key.includes(':rounds:'),
        );
        expect(left).toEqual([]);
      },
    );

    it(`a member that is submitted to while it is renamed loses no score: ${layout}`, async () => {
      await playRenameRace(await context.driver(), layout);
    });

    it(`who is new and banned stays unseen, and the board's keys still end: ${layout}`, async () => {
      const scores = await make();
      expect(await scores.members.ban('ann')).toBe(0);
      await scores.submit('ann', { points: 5 });
      expect(await scores.board('daily').count()).toBe(0);
      await scores.submit('bob', { points: 3 });
      expect(await scores.members.unban('ann')).toBe(4);
      expect((await scores.board('daily').top()).rows.map(({ member }) => member)).toEqual(['ann', 'bob']);
      await scores.members.ban('ann');
      await scores.members.ban('bob');
      await scores.members.unban('bob');
    });

    it(`a ban is no way to another name, nor a name out of a ban: ${layout}`, async () => {
      const scores = await make();
      await scores.submit('ann', { points: 5 });
      await scores.submit('bob', { points: 7 });
      await scores.members.ban('ann');
      for (const [from, to, argument] of [
        ['bob', 'ann', 'to'],
        ['ann', 'eve', 'from'],
      ] as const)
        await expect(scores.members.rename(from, to)).rejects.toMatchObject({
          code: 'INVALID_ARGUMENT',
          argument,
        });
      expect((await scores.board('daily').top()).rows.map(({ member }) => member)).toEqual(['bob']);
      await scores.members.unban('ann');
      expect(await scores.members.rename('ann', 'eve')).toBeGreaterThan(0);
    });

    it(`a name whose ban is not lifted everywhere yet is no name to change: ${layout}`, async () => {
      await playHalfUnban(await context.driver(), layout);
    });

    it(`a ban that comes while a name is changed ends that: ${layout}`, async () => {
      for (const [banned, argument] of [
        ['ann', 'from'],
        ['eve', 'to'],
      ] as const) {
        const scores = await make();
        await scores.submit('ann', { points: 5 });
        const driver = await context.driver();
        const racing = club(
          {
            clock: driver.clock,
            send: async (command, options) => {
              if (command.script?.name.startsWith('leaderboard/merge')) await scores.members.ban(banned);
              return driver.send(command, options);
            },
          },
          layout,
        );
        await expect(racing.members.rename('ann', 'eve')).rejects.toMatchObject({
          code: 'INVALID_ARGUMENT',
          argument,
        });
        await scores.members.unban(banned);
        expect((await scores.board('daily').rank('ann'))?.rank).toBe(1);
        expect(await scores.board('daily').rank('eve')).toBeNull();
        expect(await scores.members.forget('ann')).toBeGreaterThan(0);
      }
    });

    it(`two names become one by the operator of each board: ${layout}`, async () => {
      await playRename(await context.driver(), layout);
    });

    context.where(context.column.topology !== 'cluster', 'KEYS asks one node only')(
      `who is forgotten is nowhere any more, in boards of another order either: ${layout}`,
      async () => {
        const scores = await make();
        const earlier = createLeaderboard(await context.driver(), {
          name: 'club',
          order: [{ points: 'asc', max: 5 }],
          boards: { past: { dense: true } },
        });
        await earlier.submit('ann', { points: 1 });
        await scores.submit('ann', { points: 30 }, { in: { country: 'de' }, metadata: 'secret' });
        await scores.members.ban('ann');
        await scores.submit('ann', { points: 31 }, { in: { country: 'fr' } });
        // Also where nobody could be banned when the board began.
        expect(await earlier.board('past').count()).toBe(0);
        expect(await scores.members.unban('ann')).toBe(7);
        expect(await earlier.board('past').count()).toBe(1);
        expect(await scores.members.forget('ann')).toBe(7);
        const left = ((await context.admin('KEYS', '*')) as string[]).filter(
          (key) => !key.includes(':rounds:'),
        );
        expect(left).toEqual([]);
        expect(await scores.members.forget('ann')).toBe(0);
      },
    );
  }

  it('rolling windows that move in the register while it is walked are all found', async () => {
    const driver = await context.driver();
    const options = {
      name: 'windows',
      order: [{ points: 'desc', max: 1e6 }],
      boards: { hot: { window: '24h', by: 'clan' } },
    } as const;
    const scores = createLeaderboard(driver, options);
    await scores.submit('ann', { points: 1 }, { in: { clan: 'a' } });
    if (context.column.memory) await context.advance(1000);
    await Promise.all(
      Array.from({ length: 520 }, (_, i) => scores.submit('bob', { points: 1 }, { in: { clan: `c${i}` } })),
    );
    if (context.column.memory) await context.advance(1000);
    let moved = false;
    const racing = createLeaderboard(
      {
        clock: driver.clock,
        send: async (command, options) => {
          if (!moved && command.script?.name.startsWith('leaderboard/remove')) {
            moved = true;
            await scores.submit('eve', { points: 1 }, { in: { clan: 'a' } });
          }
          return driver.send(command, options);
        },
      },
      options,
    );
    expect(await racing.members.forget('ann')).toBe(1);
    expect(await scores.board('hot', { part: 'a' }).rank('ann')).toBeNull();
  });

  it('a deadline of a call is one for all its commands, however many rounds there are; a signal ends it between two', async () => {
    const driver = await context.driver();
    const options = {
      name: 'late',
      order: [{ points: 'desc', max: 1e6 }],
      boards: { clan: { by: 'clan' } },
      bans: true,
      deadlineMs: 7_000,
    } as const;
    const honest = createLeaderboard(driver, options);
    await Promise.all(
      Array.from({ length: 60 }, (_, i) => honest.submit('ann', { points: 1 }, { in: { clan: `c${i}` } })),
    );
    const { driver: slow, given } = slowDriver(driver, 1_000);
    const { members } = createLeaderboard(slow, options);
    const call = { deadlineMs: 900_000 };
    const each = async (act: Promise<number>, least: number): Promise<number> => {
      const count = await act;
      const told = given.splice(0);
      expect(told.length).toBeGreaterThanOrEqual(least);
      expect(told).toEqual(told.map((_, i) => 900_000 - 1_000 * i));
      return count;
    };
    // Who is banned, the slots, the rounds, and fifty rounds a command; of a new name two of each round.
    expect(await each(members.ban('ann', call), 5)).toBe(60);
    expect(await each(members.unban('ann', call), 5)).toBe(60);
    expect(await each(members.rename('ann', 'eve', call), 124)).toBe(60);
    expect(await each(members.forget('eve', call), 5)).toBe(60);
    await expect(members.forget('eve', { deadlineMs: 2_500 })).rejects.toMatchObject({
      code: 'DEADLINE',
      deadlineMs: 2_500,
    });
    expect(given.splice(0)).toEqual([2_500, 1_500, 500]);
    // One of the options is each command's own.
    await members.ban('bob');
    expect(new Set(given.splice(0))).toEqual(new Set([7_000]));
    const leaving = new AbortController();
    leaving.abort();
    for (const refused of [
      members.forget('ann', { signal: leaving.signal }),
      members.ban('ann', { signal: leaving.signal }),
      members.unban('ann', { signal: leaving.signal }),
      members.rename('ann', 'eve', { signal: leaving.signal }),
    ])
      await expect(refused).rejects.toMatchObject({ code: 'ABORTED' });
    given.length = 0;
    await expect(members.forget('ann', { deadlineMs: 0 })).rejects.toMatchObject({ argument: 'deadlineMs' });
    expect(given).toEqual([]);
  });

  it('more rounds than one call takes are all found', async () => {
    const scores = createLeaderboard(await context.driver(), {
      name: 'parts',
      order: [{ points: 'desc', max: 1e6 }],
      boards: { clan: { by: 'clan' } },
    });
    await Promise.all(
      Array.from({ length: 120 }, (_, i) => scores.submit('ann', { points: 1 }, { in: { clan: `c${i}` } })),
    );
    expect(await scores.members.forget('ann')).toBe(120);
  });
}
