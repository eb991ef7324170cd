import { Redis } from 'ioredis';
import type { Contestant } from '../../case.js';
import type { Peers } from '../../peers.js';
import type { Filled } from './filled.js';

interface RankBoard {
  updateOne(id: string, value: number): Promise<unknown>;
  find(id: string): Promise<unknown>;
  around(id: string, distance: number, fillBorders: boolean): Promise<unknown>;
}
interface RankModule {
  readonly Leaderboard: new (client: unknown, key: string, options: object) => RankBoard;
}
interface AgoraBoard {
  rankFor(member: string, done: (rank: number) => void): void;
  rankedInList(members: readonly string[], options: object, done: (rows: unknown) => void): void;
  disconnect(): void;
}
/** A CommonJS module of one class. */
interface AgoraModule {
  readonly default: new (name: string, options: object, redis: object) => AgoraBoard;
}

/** A contestant that talks to the sorted set through ioredis. */
export function plain(
  { url }: Filled,
  name: string,
  guarantees: string,
  run: (client: Redis, turn: number) => Promise<unknown>,
): Contestant {
  const client = new Redis(url);
  return { name, guarantees, run: (turn) => run(client, turn), close: async () => client.disconnect() };
}

/** redis-rank on the same sorted set, lowest first. */
export async function redisRank(
  peers: Peers,
  filled: Filled,
  run: (board: RankBoard, turn: number) => Promise<unknown>,
): Promise<Contestant> {
  const { Leaderboard } = await peers.load<RankModule>('redis-rank');
  return plain(
    filled,
    `redis-rank ${peers.version('redis-rank')}`,
    'doubles; equals in reversed order of their names; no retry under a key',
    // One wrapper a client, made at the first turn.
    (client, turn) => {
      let board = boards.get(client);
      if (board === undefined) {
        board = new Leaderboard(client, filled.key, { sortPolicy: 'low-to-high', updatePolicy: 'best' });
        boards.set(client, board);
      }
      return run(board, turn);
    },
  );
}

const boards = new WeakMap<Redis, RankBoard>();

/** agoragames-leaderboard on the same sorted set, lowest first; it brings its own client. */
export async function agoragames(
  peers: Peers,
  port: number,
  { key }: Filled,
  run: (board: AgoraBoard, turn: number, done: () => void) => void,
): Promise<Contestant> {
  const { default: Leaderboard } = await peers.load<AgoraModule>('agoragames-leaderboard');
  const board = new Leaderboard(key, { pageSize: 25, reverse: true }, { host: '127.0.0.1', port });
  return {
    name: `agoragames-leaderboard ${peers.version('agoragames-leaderboard')}`,
    guarantees: 'doubles; errors of the server are not told',
    run: (turn) => new Promise<void>((resolve) => run(board, turn, resolve)),
    close: async () => board.disconnect(),
  };
}
