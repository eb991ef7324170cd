import { createLeaderboard } from '@penknife/leaderboard';
import type { Redis } from 'ioredis';
import type { BenchCase, BenchContext, Contestant } from '../../case.js';
import { argsOf, type Filled, fill, nameOf, order, pointsOf } from './filled.js';
import { bytesCase, growthCase } from './growth.js';
import { memoryCase } from './memory.js';
import { agoragames, plain, redisRank } from './peers.js';

const ours = 'exact order, one atomic command, rank before and after';
const floor = 'the floor: what the server alone can do';

/** Sizes, and whether they are left out of a quick run. */
const sizes = [
  { name: '10k', members: 10_000, thorough: false },
  { name: '1m', members: 1_000_000, thorough: true },
  { name: '5m', members: 5_000_000, thorough: true },
] as const;

interface Question {
  readonly name: string;
  readonly question: string;
  contestants(filled: Filled, context: BenchContext): Promise<readonly Contestant[]>;
}

/** Whose turn it is: members far from each other. */
const memberAt = ({ members }: Filled, turn: number): string => nameOf((turn * 104_729) % members);

/**
 * The points of a turn: better and worse ones. Each contestant has its own, far from those of the others, so that nobody finds on the
 * board that another has just written what it came to write.
 */
const pointsAt = (turn: number, contestant = 0): number => pointsOf(turn * 31 + 7 + contestant * 48);

/** Our contestant, which tells the bytes a member, and closes the driver. */
function penknife(filled: Filled, run: (turn: number) => Promise<unknown>): Contestant {
  return {
    name: 'penknife on ioredis',
    guarantees: ours,
    run,
    facts: () => filled.bytes,
    close: () => filled.driver.close(),
  };
}

const questions: readonly Question[] = [
  {
    name: 'submit',
    question: 'What does a better score cost that is kept where it is the best?',
    async contestants(filled, { peers }) {
      const args = await argsOf(
        (driver) => createLeaderboard(driver, { name: 'bench', order }).submit('MEMBER', { points: 777_777 }),
        filled,
      );
      const [member = 0, place = 0] = ['MEMBER', 222_223].map((arg) => args.indexOf(String(arg)) - 1);
      return [
        penknife(filled, (turn) => filled.scores.submit(memberAt(filled, turn), { points: pointsAt(turn) })),
        plain(filled, 'the same EVALSHA through ioredis', 'the script alone', (client, turn) => {
          const own = args.slice(1);
          own[member] = memberAt(filled, turn);
          own[place] = String(1e6 - pointsAt(turn, 1));
          return client.call('EVALSHA', ...own);
        }),
        plain(filled, 'raw ZADD LT', floor, (client, turn) =>
          client.zadd(filled.key, 'LT', String(1e6 - pointsAt(turn, 2)), memberAt(filled, turn)),
        ),
        plain(
          filled,
          'EVALSHA of ZADD LT alone',
          'the least a script can do',
          smallest("return redis.call('ZADD', KEYS[1], 'LT', ARGV[1], ARGV[2])", filled, (turn) => [
            String(1e6 - pointsAt(turn, 3)),
            memberAt(filled, turn),
          ]),
        ),
        plain(
          filled,
          'redis docs’ sample',
          'ZADD and ZRANK in a pipeline: not of one instant',
          (client, turn) =>
            client
              .pipeline()
              .zadd(filled.key, 'LT', String(1e6 - pointsAt(turn, 4)), memberAt(filled, turn))
              .zrank(filled.key, memberAt(filled, turn))
              .exec(),
        ),
        await redisRank(peers, filled, (board, turn) =>
          board.updateOne(memberAt(filled, turn), 1e6 - pointsAt(turn, 5)),
        ),
      ];
    },
  },
  {
    name: 'rank',
    question: 'What does the rank of one member cost?',
    async contestants(filled, { peers, server }) {
      const board = filled.scores.board('all');
      return [
        penknife(filled, (turn) => board.rank(memberAt(filled, turn))),
        plain(
          filled,
          'the same EVALSHA through ioredis',
          'the script alone',
          await sameCommand(
            (driver) => createLeaderboard(driver, { name: 'bench', order }).board('all').rank('MEMBER'),
            filled,
          ),
        ),
        plain(filled, 'raw ZRANK', floor, (client, turn) => client.zrank(filled.key, memberAt(filled, turn))),
        plain(
          filled,
          'EVALSHA of ZRANK alone',
          'the least a script can do',
          smallest("return redis.call('ZRANK', KEYS[1], ARGV[1])", filled, (turn) => [
            memberAt(filled, turn),
          ]),
        ),
        await redisRank(peers, filled, (rank, turn) => rank.find(memberAt(filled, turn))),
        await agoragames(peers, server.port, filled, (agora, turn, done) =>
          agora.rankFor(memberAt(filled, turn), () => done()),
        ),
      ];
    },
  },
  {
    name: 'around',
    question: 'What do the eleven around one member cost?',
    async contestants(filled, { peers }) {
      const board = filled.scores.board('all');
      return [
        penknife(filled, (turn) => board.around(memberAt(filled, turn), { count: 11 })),
        plain(
          filled,
          'the same EVALSHA through ioredis',
          'the script alone',
          await sameCommand(
            (driver) =>
              createLeaderboard(driver, { name: 'bench', order })
                .board('all')
                .around('MEMBER', { count: 11 }),
            filled,
          ),
        ),
        plain(filled, 'raw ZRANGE of 11', floor, (client, turn) => {
          const from = (turn * 104_729) % (filled.members - 11);
          return client.zrange(filled.key, String(from), String(from + 10), 'WITHSCORES');
        }),
        await redisRank(peers, filled, (rank, turn) => rank.around(memberAt(filled, turn), 5, true)),
      ];
    },
  },
  {
    name: 'friends',
    question: 'What do a hundred friends among themselves cost?',
    async contestants(filled, { peers, server }) {
      const board = filled.scores.board('all');
      const circle = (turn: number): string[] =>
        Array.from({ length: 100 }, (_, i) => nameOf((turn * 104_729 + i * 7) % filled.members));
      return [
        penknife(filled, (turn) => board.friends(circle(turn))),
        plain(filled, 'raw ZMSCORE of 100', 'the floor: no ranks', (client, turn) =>
          client.zmscore(filled.key, ...circle(turn)),
        ),
        plain(filled, '100 ZRANK in a pipeline', 'not of one instant, no scores', (client, turn) => {
          const pipeline = client.pipeline();
          for (const name of circle(turn)) pipeline.zrank(filled.key, name);
          return pipeline.exec();
        }),
        await agoragames(peers, server.port, filled, (agora, turn, done) =>
          agora.rankedInList(circle(turn), {}, () => done()),
        ),
      ];
    },
  },
];

/** A script that does one thing, sent by its digest. */
function smallest(
  script: string,
  { key }: Filled,
  argsAt: (turn: number) => string[],
): (client: Redis, turn: number) => Promise<unknown> {
  let sha: Promise<unknown> | undefined;
  return async (client, turn) => {
    sha ??= client.script('LOAD', script);
    return client.evalsha(String(await sha), 1, key, ...argsAt(turn));
  };
}

/** The command that a call makes, with the member of each turn, sent without a driver. */
async function sameCommand(
  make: Parameters<typeof argsOf>[0],
  filled: Filled,
): Promise<(client: Redis, turn: number) => Promise<unknown>> {
  const args = (await argsOf(make, filled)).slice(1);
  const member = args.indexOf('MEMBER');
  return (client, turn) => {
    const own = [...args];
    own[member] = memberAt(filled, turn);
    return client.call('EVALSHA', ...own);
  };
}

/** A submit to one board, to four, to eight. */
const boardsCase: BenchCase = {
  name: 'leaderboard/boards',
  question: 'What does a submit to eight boards cost, against one?',
  inFlight: [1],
  async prepare({ server }) {
    const filled = await fill(server.url, 10_000);
    return [1, 4, 8].map((count): Contestant => {
      const names = Array.from({ length: count }, (_, i) => [`b${i}`, {}] as const);
      const boards = Object.fromEntries(names);
      const scores = createLeaderboard(filled.driver, { name: `many-${count}`, order, boards });
      return {
        name: `penknife, ${count} ${count === 1 ? 'board' : 'boards'}`,
        guarantees: ours,
        run: (turn) => scores.submit(memberAt(filled, turn), { points: pointsAt(turn) }),
        close: async () => {
          if (count === 8) await filled.driver.close();
        },
      };
    });
  },
};

/** Submits and reads against the libraries there are, on boards of three sizes. */
export const leaderboardCases: readonly BenchCase[] = [
  ...sizes.flatMap(({ name: size, members, thorough }) =>
    questions.map(
      ({ name, question, contestants }): BenchCase => ({
        name: `leaderboard/${name}-${size}`,
        question: `${question} ${members.toLocaleString('en')} members`,
        inFlight: [1, 64],
        thorough,
        prepare: async (context) => contestants(await fill(context.server.url, members), context),
      }),
    ),
  ),
  boardsCase,
  bytesCase,
  memoryCase,
  growthCase,
];
