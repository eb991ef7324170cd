import { defineKeys, defineScript, rawReply } from '@penknife/core';
import { requireServers } from '@penknife/redis-servers';
import { describe, expect, it } from 'vitest';
import {
  columns,
  furtherColumns,
  inColumn,
  nodeRedisClient,
  overMatrix,
  sentinelColumn,
  singleColumn,
} from '../src/index.js';
import { undeclaredKeys } from '../src/lasting-keys.js';
import { wait } from '../src/real-time.js';

const keys = defineKeys({
  pattern: 'shop',
  version: 1,
  kinds: {
    cart: { life: 'ephemeral', holds: 'what a visitor chose' },
    stock: { life: 'durable', holds: 'how much is left', bound: 'one per article' },
  },
});
const { cart, stock } = keys.in('pk');

const get = (key: string) => ({ args: ['GET', key] as const, key, read: rawReply });
const set = (key: string, value: string) => ({
  args: ['SET', key, value, 'PX', 60_000] as const,
  key,
  read: rawReply,
});

const haveServers = await requireServers();
let columnsSeen = 0;

overMatrix(
  'the matrix',
  ({ column, driver, admin, counts, where, advance, clock }) => {
    it('gives drivers that share the servers, as two processes do', async () => {
      columnsSeen++;
      const [left, right] = [await driver(), await driver()];
      expect(left.topology).toBe(column.topology);
      await left.send(set(cart('a'), 'theirs'));
      expect(await right.send(get(cart('a')))).toBe('theirs');
    });

    it('empties the servers between tests, and administers the node of a key', async () => {
      expect(await admin('GET', cart('a'))).toBe(null);
      await admin('SET', stock('a'), 5);
      expect(await (await driver()).send(get(stock('a')))).toBe('5');
      await expect(admin('LPUSH', stock('a'), 1)).rejects.toMatchObject({ code: 'WRONGTYPE' });
    });

    it('moves the clock', async () => {
      const before = clock.monotonic();
      await advance(30);
      expect(clock.monotonic() - before).toBeGreaterThanOrEqual(29);
    });

    it('counts what the servers did', async () => {
      const sender = await driver();
      await sender.send(get(cart('a')));
      const { calls, received, bytesIn, bytesOut } = await counts(async () => {
        await sender.send(set(cart('a'), 'x'.repeat(1000)));
        await sender.send(get(cart('a')));
        await sender.send(get(cart('a')));
      });
      expect(calls).toEqual({ get: 2, set: 1 });
      expect(received).toBe(3);
      // Bytes are counted by servers only: 1 kB in, 2 kB out, and little besides.
      expect([bytesIn, bytesOut].map((bytes) => bytes && Math.floor(bytes / 1000))).toEqual(
        column.memory ? [undefined, undefined] : [1, 2],
      );
    });

    where(!column.memory, 'the engine is not a trip away')('counts round trips', async () => {
      const sender = await driver();
      const set5 = ['a', 'b', 'c', 'd', 'e'].map((name) => set(cart(name), 'x'));
      const script = defineScript({
        name: 'matrix/read',
        lua: "return redis.call('GET', KEYS[1])",
        keys: 1,
        args: 0,
        read: rawReply,
      });
      const trips = async (run: () => Promise<unknown>) => (await counts(run)).roundTrips;
      await sender.send(get(cart('a')));
      expect(await trips(() => sender.batch(set5))).toBe(1);
      expect(await trips(() => Promise.all(set5.map((each) => sender.send(each))))).toBe(1);
      expect(await trips(() => sender.transaction([set(cart('a'), 'y'), get(cart('a'))]))).toBe(1);
      // A check, then an act, while another goes its own way: what a race hides in, and what budgets are to notice.
      const checked = async () => {
        if ((await sender.send(get(cart('a')))) === 'y') await sender.send(set(cart('a'), 'z'));
      };
      expect(await trips(() => Promise.all([checked(), sender.send(get(cart('b')))]))).toBe(2);
      await admin('SCRIPT', 'FLUSH');
      expect(await trips(() => sender.send(script([cart('a')], [])))).toBe(2);
      expect(await trips(() => sender.send(script([cart('a')], [])))).toBe(1);
    });

    where(column.memory, 'an hour has to pass')('moves an hour on memory', async () => {
      const sender = await driver();
      await sender.send(set(cart('a'), 'x'));
      await advance(3_600_000);
      expect(await sender.send(get(cart('a')))).toBe(null);
    });
  },
  { keys },
);

describe('what the matrix checks', () => {
  it.skipIf(!haveServers)('ran in every column', () => expect(columnsSeen).toBeGreaterThanOrEqual(2));

  it('names every column once', () => {
    const names = [...columns, ...furtherColumns.map(({ column }) => column)].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('refuses to wait long on a real server, naming the rule', async () => {
    await expect(wait(101)).rejects.toThrow('at most 100 ms a call; asked for 101');
  });

  it('names keys without a TTL that are not declared durable', () => {
    expect(undeclaredKeys([stock('a')], [keys])).toEqual([]);
    expect(undeclaredKeys([cart('a'), 'stray', 'pk:shop2:stock:{a}'], [keys])).toEqual([
      'pk:shop1:cart:{a}: no TTL, though declared ephemeral',
      'stray: no TTL, and no declaration names it',
      'pk:shop2:stock:{a}: no TTL, and no declaration names it',
    ]);
  });
});

describe.skipIf(!haveServers)('what sentinels do by themselves', () => {
  const world = inColumn(sentinelColumn(nodeRedisClient));

  it('is not counted: they ask every second and publish every two', async () => {
    await (await world().driver()).send(get(cart('a')));
    const { received } = await world().counts(async () => {
      for (let waited = 0; waited < 900; waited += 100) await wait(100);
    });
    expect(received).toBe(0);
  });
});

describe('the slow log', () => {
  const column = singleColumn(nodeRedisClient);
  const world = inColumn(column, { slowLog: false });

  it('finds what is slow again and again, and not what tests do themselves', async () => {
    const driver = await world().driver();
    const sum = (to: number) => `local sum = 0 for i = 1, ${to} do sum = sum + i end return sum`;
    const slow = (lua: string) => ({ args: ['EVAL', lua, 0] as const, read: rawReply });
    // So slow that no waiting of the machine excuses it.
    for (let i = 0; i < 5; i++) await driver.send(slow(sum(40_000_000)));
    for (let i = 0; i < 5; i++) await world().admin('DEBUG', 'SLEEP', '0.01');
    const found = await world().slowCommands();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^5 times, up to .* ms: EVAL local sum = 0 for i = 1, 40000000 do/);
  });

  it('leaves nothing lasting unseen', async () => {
    await world().admin('SET', 'stray', 1);
    await world().admin('SET', 'passing', 1, 'PX', 60_000);
    expect(await world().lastingKeys()).toEqual(['stray']);
  });
});
