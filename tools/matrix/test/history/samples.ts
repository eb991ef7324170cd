import { type Command, type Driver, rawReply, type Sender } from '@penknife/core';

type Raw = readonly [name: Uppercase<string>, ...rest: (string | number)[]];

/** A plain command, read as it comes. */
export function raw(key: string, ...args: Raw): Command<unknown> {
  return { args, key, read: rawReply };
}

const ask = (driver: Sender, key: string, ...args: Raw): Promise<unknown> => driver.send(raw(key, ...args));

/** Takes a lock, if it is free. */
export type TakeLock = (driver: Driver, holder: string) => Promise<boolean>;

export const takeFree: TakeLock = async (driver, holder) =>
  (await ask(driver, 'lock', 'SET', 'lock', holder, 'NX')) === 'OK';

/** Planted: looks first and sets then. */
export const lookThenTake: TakeLock = async (driver, holder) => {
  if ((await ask(driver, 'lock', 'GET', 'lock')) !== null) return false;
  return (await ask(driver, 'lock', 'SET', 'lock', holder)) === 'OK';
};

/** Takes the next job of a list; `recover` is what a new consumer finds of those that died. */
export interface Take {
  next(driver: Driver): Promise<string | null>;
  recover(driver: Driver): Promise<readonly string[]>;
}

export const takeKept: Take = {
  next: (driver) =>
    ask(driver, '{q}jobs', 'LMOVE', '{q}jobs', '{q}taken', 'LEFT', 'RIGHT') as Promise<string | null>,
  recover: (driver) => ask(driver, '{q}taken', 'LRANGE', '{q}taken', 0, -1) as Promise<string[]>,
};

/** Planted: what is taken is nowhere until it is done. */
export const takeAway: Take = {
  next: (driver) => ask(driver, '{q}jobs', 'LPOP', '{q}jobs') as Promise<string | null>,
  recover: async () => [],
};

/** Gives back a job that was taken and not begun. */
export type GiveBack = (driver: Driver, job: string) => Promise<unknown>;

export const giveBackInFront: GiveBack = (driver, job) => ask(driver, '{q}jobs', 'LPUSH', '{q}jobs', job);

/** Planted: the end of the line. */
export const giveBackBehind: GiveBack = (driver, job) => ask(driver, '{q}jobs', 'RPUSH', '{q}jobs', job);

/** Puts a loaded version into a cache. */
export type Fill = (driver: Driver, version: number) => Promise<unknown>;

const fillIfCurrent = "if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[1]) end";

export const fillCurrent: Fill = (driver, version) =>
  ask(driver, '{c}cached', 'EVAL', fillIfCurrent, 2, '{c}cached', '{c}source', version);

/** Planted: whatever was loaded, however long ago. */
export const fillAnyway: Fill = (driver, version) => ask(driver, '{c}cached', 'SET', '{c}cached', version);

/** Moves an amount from one account to another. */
export type Transfer = (driver: Driver, from: string, to: string, amount: number) => Promise<unknown>;

export const transferAsOne: Transfer = (driver, from, to, amount) =>
  driver.transaction([raw(from, 'DECRBY', from, amount), raw(to, 'INCRBY', to, amount)]);

/** Planted: reads, computes here, and writes. */
export const transferByHand: Transfer = async (driver, from, to, amount) => {
  const [had, has] = await Promise.all([from, to].map((key) => ask(driver, key, 'GET', key)));
  await ask(driver, from, 'SET', from, Number(had) - amount);
  await ask(driver, to, 'SET', to, Number(has) + amount);
};
