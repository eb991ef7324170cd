import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createLeaderboard } from '@penknife/leaderboard';
import { Redis } from 'ioredis';
import type { BenchCase, Contestant } from '../../case.js';
import { order } from './filled.js';
import { bytesGrown, nameFormat, type Seeded, seed } from './seed.js';

const members = 100_000;
const wide = [{ points: 'desc', max: 2n ** 64n - 1n }] as const;

/** What is weighed: a board of a layout whose names have so many bytes, or what lies beside one. */
const weighed: readonly (readonly [what: Seeded, bytes: number, names: string])[] = [
  ...(['packed', 'lexicographic'] as const).flatMap((layout) => [
    [layout, 8, 'p%07d'] as const,
    [layout, 14, nameFormat] as const,
    [layout, 32, 'player-%025d'] as const,
    [layout, 64, 'player-%057d'] as const,
  ]),
  ['dense', 14, nameFormat],
  ['metadata', 14, nameFormat],
];

/** Bytes a member by the length of the names, and of what may lie beside a board. */
export const memoryCase: BenchCase = {
  name: 'leaderboard/memory',
  question: 'How many bytes does a member take by the length of its name, among 100 000?',
  inFlight: [1],
  thorough: true,
  async prepare({ server }) {
    const driver = createIoredisDriver(new Redis(server.url, { lazyConnect: true }));
    const client = new Redis(server.url);
    const contestants: Contestant[] = [];
    for (const [what, bytes, names] of weighed) {
      const name = `${what}-${bytes}`;
      const scores = createLeaderboard(driver, { name, order: what === 'lexicographic' ? wide : order });
      await scores.submit('first', { points: (what === 'lexicographic' ? 1n : 1) as never });
      const [key = ''] = await client.keys(`*:board:{${name}}:*`);
      const grown = await bytesGrown(client, () => seed(client, key, members, what, names));
      const board = scores.board('all');
      contestants.push({
        name: `${what}, names of ${bytes} bytes`,
        guarantees:
          what === 'dense' || what === 'metadata' ? 'beside the board' : 'exact order, one atomic command',
        run: () => board.rank('first'),
        facts: () => `${(grown / members).toFixed(0)} bytes a member`,
        close: async () => {
          if (what === 'metadata') await driver.close();
        },
      });
    }
    client.disconnect();
    return contestants;
  },
};
