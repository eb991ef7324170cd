import type { Command, Driver } from '@penknife/core';
import { createIoredisDriver } from '@penknife/driver-ioredis';
import { type BoardOptions, createLeaderboard, type Leaderboard } from '@penknife/leaderboard';
import { Redis } from 'ioredis';
import { bytesGrown, seed } from './seed.js';

/** Most points first, as all contestants can. */
export const order = [{ points: 'desc', max: 1e6 }] as const;

/** Fourteen bytes. */
export const nameOf = (i: number): string => `player-${String(i).padStart(7, '0')}`;

/** Points that jump about, so that ranks do, too. */
export const pointsOf = (i: number): number => (i * 7919) % 1_000_000;

/** Our leaderboard on a board of so many members. All contestants work on its sorted set, whose best score is the lowest. */
export interface Filled {
  readonly url: string;
  readonly members: number;
  readonly driver: Driver;
  readonly scores: Leaderboard<typeof order, { readonly all: BoardOptions }, never>;
  /** The sorted set: a member's score is how far it is from the most points there can be. */
  readonly key: string;
  /** Bytes a member. */
  readonly bytes: string;
}

/** Fills a board, by the server itself. */
export async function fill(url: string, members: number, name = 'bench'): Promise<Filled> {
  const driver = createIoredisDriver(new Redis(url, { lazyConnect: true }));
  const scores = createLeaderboard(driver, { name, order });
  await scores.submit(nameOf(0), { points: pointsOf(0) });
  const client = new Redis(url);
  const [key = ''] = await client.keys(`*:board:{${name}}:*`);
  const grown = await bytesGrown(client, () => seed(client, key, members, 'packed'));
  client.disconnect();
  return { url, members, driver, scores, key, bytes: `${(grown / members).toFixed(0)} bytes a member` };
}

/** The arguments of the command that a call makes, for sending it without a driver. */
export async function argsOf(
  make: (driver: Pick<Driver, 'send' | 'clock'>) => Promise<unknown>,
  { driver }: Pick<Filled, 'driver'>,
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
