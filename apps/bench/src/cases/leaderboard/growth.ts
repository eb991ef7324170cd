import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createLeaderboard } from '@penknife/leaderboard';
import { Redis } from 'ioredis';
import type { BenchCase, Contestant } from '../../case.js';
import { fill, nameOf, order, pointsOf } from './filled.js';
import { bytesGrown, seed } from './seed.js';

const guarantees = 'exact order, one atomic command';

/** How a rank and a submit get dearer as boards grow, on one server. */
export const growthCase: BenchCase = {
  name: 'leaderboard/growth',
  question: 'What do a rank and a submit cost as a board grows from ten thousand to five million?',
  inFlight: [1],
  thorough: true,
  async prepare({ server }) {
    const contestants: Contestant[] = [];
    for (const members of [10_000, 100_000, 1_000_000, 5_000_000]) {
      const filled = await fill(server.url, members, `grown-${members}`);
      const board = filled.scores.board('all');
      const memberAt = (turn: number): string => nameOf((turn * 104_729) % members);
      contestants.push(
        {
          name: `rank among ${members.toLocaleString('en')}`,
          guarantees,
          run: (turn) => board.rank(memberAt(turn)),
          facts: () => filled.bytes,
          close: () => filled.driver.close(),
        },
        {
          name: `submit among ${members.toLocaleString('en')}`,
          guarantees,
          run: (turn) => filled.scores.submit(memberAt(turn), { points: pointsOf(turn * 31 + 7) }),
          close: async () => undefined,
        },
      );
    }
    return contestants;
  },
};

/** Bytes a member of both layouts, at a million members. */
export const bytesCase: BenchCase = {
  name: 'leaderboard/bytes',
  question: 'How many bytes does a member take, whose name has 14, among a million?',
  inFlight: [1],
  thorough: true,
  async prepare({ server }) {
    const members = 1_000_000;
    const driver = createIoredisDriver(new Redis(server.url, { lazyConnect: true }));
    const client = new Redis(server.url);
    const contestants: Contestant[] = [];
    for (const layout of ['packed', 'lexicographic'] as const) {
      const wide = [{ points: 'desc', max: 2n ** 64n - 1n }] as const;
      const scores = createLeaderboard(driver, { name: layout, order: layout === 'packed' ? order : wide });
      const points = layout === 'packed' ? 1 : 1n;
      await scores.submit(nameOf(0), { points: points as never });
      const [key = ''] = await client.keys(`*:board:{${layout}}:*`);
      const grown = await bytesGrown(client, () => seed(client, key, members, layout));
      const board = scores.board('all');
      contestants.push({
        name: layout === 'packed' ? 'packed' : 'lexicographic, places of 8 bytes',
        guarantees,
        run: (turn) => board.rank(nameOf((turn * 104_729) % members)),
        facts: () => `${(grown / members).toFixed(0)} bytes a member`,
        close: async () => {
          if (layout === 'lexicographic') await driver.close();
        },
      });
    }
    client.disconnect();
    return contestants;
  },
};
