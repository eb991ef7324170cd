import type { Command, Driver } from '@penknife/core';
import { createIoredisDriver } from '@penknife/driver-ioredis';
import { type BoardOptions, createLeaderboard, type Leaderboard } from '@penknife/leaderboard';
import { Redis } from 'ioredis';

/** Most points first, as all contestants can. */
export const order = [{ points: 'desc', max: 1e6 }] as const;

/** The board of everybody else: a plain sorted set, scores as they are. */
export const plainKey = 'plain';

/** Fourteen bytes. */
export const nameOf = (i: number): string => `player-${String(i).padStart(7, '0')}`;

/** Points that jump about, so that ranks do, too. */
export const pointsOf = (i: number): number => (i * 7919) % 1_000_000;

/** Our leaderboard on a board of so many members, with the plain board of the same beside it. */
export interface Filled {
  readonly url: string;
  readonly members: number;
  readonly driver: Driver;
  readonly scores: Leaderboard<typeof order, { readonly all: BoardOptions }, never>;
  /** Bytes a member: ours, and the plain set. */
  readonly bytes: string;
}

const chunk = 2000;

/** Fills both boards on an empty server, in bulk. */
export async function fill(url: string, members: number): Promise<Filled> {
  const driver = createIoredisDriver(new Redis(url, { lazyConnect: true }));
  const scores = createLeaderboard(driver, { name: 'bench', order });
  await scores.submit(nameOf(0), { points: pointsOf(0) });
  const client = new Redis(url);
  const [ours = ''] = await client.keys('*:board:*');
  const before = await usedMemory(client);
  await add(client, plainKey, members, pointsOf);
  const between = await usedMemory(client);
  // Our place of a score is its distance from the best there can be.
  await add(client, ours, members, (i) => 1e6 - pointsOf(i));
  const after = await usedMemory(client);
  client.disconnect();
  const each = (bytes: number): string => (bytes / members).toFixed(0);
  return {
    url,
    members,
    driver,
    scores,
    bytes: `${each(after - between)} bytes a member, ${each(between - before)} in a plain sorted set`,
  };
}

async function add(
  client: Redis,
  key: string,
  members: number,
  scoreOf: (i: number) => number,
): Promise<void> {
  for (let from = 0; from < members; from += chunk) {
    const args: (string | number)[] = [];
    for (let i = from; i < Math.min(from + chunk, members); i++) args.push(scoreOf(i), nameOf(i));
    await client.zadd(key, ...args);
  }
}

async function usedMemory(client: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
}

/** The arguments of the command that a call makes, for sending it without a driver. */
export async function argsOf(
  make: (driver: Pick<Driver, 'send' | 'clock'>) => Promise<unknown>,
  { driver }: Filled,
): Promise<string[]> {
  let made: Command<unknown> | undefined;
  const looking = {
    clock: driver.clock,
    send: (command: Command<unknown>) => {
      made = command;
      return Promise.reject(new Error('only looking'));
    },
  } as Pick<Driver, 'send' | 'clock'>;
  await make(looking).catch(() => undefined);
  return (made?.args ?? []).map(String);
}
