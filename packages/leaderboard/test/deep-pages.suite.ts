import { slotOf } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect } from 'vitest';
import { createLeaderboard } from '../src/index.js';

const order = [{ points: 'desc', max: 1e6 }] as const;

/** Pages far down a board of shards, whose place has to be sought, on whatever the context runs on. */
export function deepPageSuite(context: MatrixContext): void {
  context.where(context.column.memory, 'thousands of members: on memory only')(
    'deep pages and shares are found where they are, whatever their depth',
    async () => {
      const scores = createLeaderboard(await context.driver(), { name: 'deep', order, shards: 4 });
      const pointsOf = (i: number): number => (i * 7919) % 700;
      const members = Array.from({ length: 2600 }, (_, i) => `player-${i}`);
      await Promise.all(members.map((member, i) => scores.submit(member, { points: pointsOf(i) })));
      const sorted = members
        .map((member, i) => ({ member, points: pointsOf(i) }))
        .sort((a, b) => b.points - a.points || (a.member < b.member ? -1 : 1));
      const board = scores.board('all');
      for (const from of [1, 995, 1001, 1500, 2400, 2595]) {
        const { rows, total } = await board.page({ from, count: 8, ties: 'competition' });
        expect(total).toBe(2600);
        expect(
          rows.map(({ member }) => member),
          `${from}`,
        ).toEqual(sorted.slice(from - 1, from + 7).map(({ member }) => member));
        const better = sorted.filter(({ points }) => points > (rows[0]?.score.points ?? 0)).length;
        expect(rows[0]?.rank).toBe(better + 1);
      }
      const middle = await board.atPercentile(50);
      expect(middle?.member).toBe(sorted[1300]?.member);
      expect((await board.page({ from: 5000 })).rows).toEqual([]);
    },
  );

  context.where(context.column.memory, 'thousands of members: on memory only')(
    'a deep page does not end a walk because others leave while it is sought',
    async () => {
      const driver = await context.driver();
      const options = { name: 'leaving', order, shards: 2 } as const;
      const scores = createLeaderboard(driver, options);
      const members = Array.from({ length: 2600 }, (_, i) => `player-${i}`);
      await Promise.all(members.map((member, i) => scores.submit(member, { points: i })));
      // All of one shard but the worst 400, between the search and the look at the rows that it found.
      const leaving = members.filter((member) => slotOf(Buffer.from(member)) % 2 === 0).slice(400);
      let left = false;
      const racing = createLeaderboard(
        {
          clock: driver.clock,
          send: async (command, call) => {
            const at = command.args.indexOf('rank');
            const isLast = at > 0 && Number(command.args[at + 1]) > 0 && Number(command.args[at + 2]) > 1;
            if (isLast && !left) {
              left = true;
              for (const member of leaving) await scores.remove(member);
            }
            return driver.send(command, call);
          },
        },
        options,
      );
      const page = await racing.board('all').page({ from: 2001, count: 8 });
      expect(left).toBe(true);
      expect(page.rows).toHaveLength(8);
      const last = page.rows.at(-1)?.score.points ?? 0;
      const rest = await scores.board('all').after(page.next as string, { count: 1000 });
      const worse = members.filter((member, i) => i < last && !leaving.includes(member));
      expect(rest.rows.map(({ member }) => member)).toEqual(worse.toReversed());
    },
  );
}
