import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Driver } from '@penknife/core';

const packages = resolve(fileURLToPath(new URL('../../../../packages', import.meta.url)));

/** The matrix depends on no pattern, so their doors are opened by name. */
async function open(name: string, factory: string, ...args: readonly unknown[]): Promise<object> {
  const module: object = await import(pathToFileURL(join(packages, name, 'src/index.ts')).href);
  return call(module, factory, ...args) as object;
}

function call(target: object, method: string, ...args: readonly unknown[]): unknown {
  return Reflect.apply(Reflect.get(target, method) as () => unknown, target, args);
}

/** The least that a pattern is good for, on ioredis-mock, and what comes of it. */
export interface FirstAct {
  readonly pattern: string;
  readonly what: string;
  act(driver: Driver): Promise<unknown>;
  /** What the mock says; undefined: it works. */
  readonly failure?: RegExp;
  /** For the document. */
  readonly says: string;
}

const secret = { id: 'a', secret: 'x'.repeat(32) };

export const firstActs: readonly FirstAct[] = [
  {
    pattern: 'cache',
    what: 'load a value and remove it everywhere',
    async act(driver) {
      const cache = await open('cache', 'createCache', driver, { name: 'c', ttlMs: 60_000 });
      await call(cache, 'getOrSet', 'x', async () => 1);
      await call(cache, 'remove', 'x', { everywhere: true });
    },
    failure: /Cannot set properties of null/,
    says: 'the mock’s own conversion of a script’s reply breaks',
  },
  {
    pattern: 'inventory',
    what: 'put an article on stock',
    act: async (driver) => {
      const shop = await open('inventory', 'createInventory', driver, { name: 'shop', hold: '10m' });
      await call(shop, 'setStock', 'tee', 5);
    },
    failure: /concatenate a nil value \(local 'found'\)/,
    says: 'in its scripts TYPE gives no table with `ok`',
  },
  {
    pattern: 'leaderboard',
    what: 'submit a score and read the top',
    async act(driver) {
      const scores = await open('leaderboard', 'createLeaderboard', driver, {
        name: 'x',
        order: [{ points: 'desc', max: 1e6 }],
        boards: { all: {} },
      });
      await call(scores, 'submit', 'ann', { points: 1 });
      await call(call(scores, 'board', 'all') as object, 'top');
    },
    says: 'works, but most of its suite does not: ranks go wrong, names are in the order of UTF-16',
  },
  {
    pattern: 'locks',
    what: 'ask for a lock that somebody holds',
    async act(driver) {
      const locks = await open('locks', 'createLocks', driver, { ttl: '5s' });
      await call(locks, 'tryAcquire', 'a');
      await call(locks, 'tryAcquire', 'a');
    },
    failure: /field 'error_reply'/,
    says: 'its scripts have no `redis.error_reply`',
  },
  {
    pattern: 'queue',
    what: 'add a job for later',
    act: async (driver) =>
      call(await open('queue', 'createQueue', driver, 'q'), 'add', { a: 1 }, { delay: '1m' }),
    failure: /concatenate a nil value \(local 'found'\)/,
    says: 'in its scripts TYPE gives no table with `ok`',
  },
  {
    pattern: 'ratelimit',
    what: 'check a limit twice',
    async act(driver) {
      const limiter = await open('ratelimit', 'createRateLimiter', driver, { policy: '5/h' });
      await call(limiter, 'check', 'a');
      await call(limiter, 'check', 'a');
    },
    failure: /number has no integer representation/,
    says: '`string.format` of its Lua 5.3 refuses numbers with a fraction',
  },
  {
    pattern: 'session',
    what: 'save a session of a user',
    async act(driver) {
      const sessions = await open('session', 'createSessions', driver, { secrets: [secret] });
      const session = call(sessions, 'start') as object;
      call(session, 'set', 'a', 1);
      await call(session, 'save');
      await call(session, 'login', 'ann');
    },
    failure: /Cannot set properties of null/,
    says: 'the mock’s own conversion of a script’s reply breaks',
  },
  {
    pattern: 'streams',
    what: 'make a consumer group',
    act: (driver) =>
      driver.send({ args: ['XGROUP', 'CREATE', 'log', 'g', '0', 'MKSTREAM'], key: 'log', read: String }),
    failure: /Unsupported command/,
    says: 'it has no consumer groups',
  },
];
