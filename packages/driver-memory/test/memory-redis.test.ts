import { createManualClock, rawReply } from '@penknife/core';
import { describe, expect, it, test } from 'vitest';
import { createMemoryDriver, createMemoryRedis } from '../src/index.js';
import { startServer } from '../src/server/index.js';

const send = (...args: readonly [Uppercase<string>, ...(string | Uint8Array)[]]) => ({
  args,
  key: 'key',
  read: rawReply,
});

test('text travels as UTF-8, bytes as they are', async () => {
  const driver = createMemoryDriver();
  const bytes = Uint8Array.from([0, 255, 128, 10]);
  await driver.send(send('SET', 'key', 'Grüße ✓'));
  expect(await driver.send(send('GET', 'key'))).toBe('Grüße ✓');
  expect(await driver.send(send('STRLEN', 'key'))).toBe(11);
  await driver.send(send('SET', 'key', bytes));
  expect(await driver.send({ ...send('GET', 'key'), bytes: true })).toEqual(Buffer.from(bytes));
  await driver.close();
});

test('drivers of one engine share its keys and are closed alone', async () => {
  const redis = createMemoryRedis();
  const [left, right] = [redis.driver(), redis.driver()];
  await left.send(send('SET', 'key', 'shared'));
  await left.close();
  expect(await right.send(send('GET', 'key'))).toBe('shared');
  expect(redis.inspect()).toMatchObject({
    keys: [{ database: 0, key: 'key', type: 'string', ttlMs: undefined }],
    commands: { set: 1, get: 1 },
    connections: 1,
  });
  redis.flush();
  expect(redis.inspect().keys).toEqual([]);
  redis.close();
});

test('a seed makes chance repeat', async () => {
  const draw = async (seed: number): Promise<unknown> => {
    const driver = createMemoryDriver({ seed, clock: createManualClock() });
    await driver.send(send('SADD', 'key', ...Array.from({ length: 50 }, (_, i) => `m${i}`)));
    const drawn = await driver.send(send('SRANDMEMBER', 'key', '10'));
    await driver.close();
    return drawn;
  };
  expect(await draw(7)).toEqual(await draw(7));
  expect(await draw(7)).not.toEqual(await draw(8));
});

test('options that make no sense are refused by name', () => {
  expect(() => createMemoryRedis({ databases: 0 })).toThrow(/databases/);
  expect(() => createMemoryRedis({ compatibility: '9' as '8.6' })).toThrow(/compatibility/);
});

test('while paused nothing is answered; afterwards all is, in order', async () => {
  const redis = createMemoryRedis({ clock: createManualClock() });
  const driver = redis.driver();
  await driver.send(send('SET', 'key', 'a'));
  redis.faults.pause();
  const order: string[] = [];
  const calls = ['b', 'c'].map((text) =>
    driver.send(send('APPEND', 'key', text)).then(() => order.push(text)),
  );
  await Promise.resolve();
  expect(order).toEqual([]);
  redis.faults.resume();
  await Promise.all(calls);
  expect([order, await driver.send(send('GET', 'key'))]).toEqual([['b', 'c'], 'abc']);
  redis.close();
});

test('a publisher is never re-entered: messages come after its command, in order', async () => {
  const redis = createMemoryRedis();
  const driver = redis.driver();
  const seen: string[] = [];
  const feed = await driver.openFeed({
    message: (_kind, channel, payload) => void seen.push(`${channel} ${Buffer.from(payload).toString()}`),
    gap: () => undefined,
    invalidated: () => undefined,
  });
  await feed.subscribe('channel', 'news');
  const published = [driver.send(send('PUBLISH', 'news', '1')), driver.send(send('PUBLISH', 'news', '2'))];
  expect(seen).toEqual([]);
  expect(await Promise.all(published)).toEqual([1, 1]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toEqual(['news 1', 'news 2']);
  await driver.close();
  redis.close();
});

test('keyspace events are published as configured', async () => {
  const redis = createMemoryRedis();
  const driver = redis.driver();
  const seen: string[] = [];
  const feed = await driver.openFeed({
    message: (_kind, channel, payload) => void seen.push(`${channel} ${Buffer.from(payload).toString()}`),
    gap: () => undefined,
    invalidated: () => undefined,
  });
  await feed.subscribe('pattern', '__key*');
  await driver.send(send('SET', 'key', 'silent'));
  await driver.send(send('CONFIG', 'SET', 'notify-keyspace-events', 'KEA'));
  await driver.send(send('DEL', 'key'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toEqual(['__keyspace@0__:key del', '__keyevent@0__:del key']);
  redis.close();
});

test('a reset brings back the beginning: for the engine, for chance, and for drivers that are connected', async () => {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed: 5 });
  const driver = redis.driver();
  const draw = async (): Promise<unknown> => {
    await driver.send(send('SADD', 'key', ...Array.from({ length: 50 }, (_, i) => `m${i}`)));
    return [
      await driver.send(send('CLIENT', 'ID')),
      await driver.send(send('SRANDMEMBER', 'key', '10')),
      await driver.send(send('SCRIPT', 'EXISTS', 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db')),
      (await driver.send(send('EVAL', 'return 1', '0'))) as number,
      redis.inspect().commands,
    ];
  };
  const first = await draw();
  await driver.send(send('CONFIG', 'SET', 'slowlog-max-len', '1'));
  await driver.send(send('PEXPIRE', 'key', '100'));
  redis.reset();
  expect(redis.inspect()).toMatchObject({ keys: [], commands: {}, blocked: 0 });
  await Promise.resolve();
  expect(await draw()).toEqual(first);
  expect(await driver.send(send('CONFIG', 'GET', 'slowlog-max-len'))).toEqual(['slowlog-max-len', '128']);
  // Nothing of the time before is left to fire.
  await clock.advance(200);
  expect(redis.inspect().keys).toHaveLength(1);
  redis.close();
  expect(clock.armed).toBe(0);
});

// As recorded from Redis 7.0 and 8.0.
test.each(['7.0', '8.0'] as const)('SLOWLOG shows no passwords, as a %s', async (compatibility) => {
  const redis = createMemoryRedis({ clock: createManualClock(), compatibility });
  const driver = redis.driver();
  await driver.send(send('CONFIG', 'SET', 'slowlog-log-slower-than', '0'));
  await driver.send(send('CONFIG', 'SET', 'RequirePass', 's', 'maxmemory', '0'));
  await expect(driver.send(send('CONFIG', 'SET', 'requirepass', 's', 'nosuch', '1'))).rejects.toThrow();
  await driver.send(send('ACL', 'SETUSER', 'bob', '>s', 'on'));
  await driver.send(send('ACL', 'DELUSER', 'bob'));
  const entries = (await driver.send(send('SLOWLOG', 'GET', '4'))) as unknown[][];
  const hidden = '(redacted)';
  expect(entries.map((entry) => entry[3])).toEqual([
    ['ACL', 'DELUSER', compatibility === '7.0' ? 'bob' : hidden],
    ['ACL', 'SETUSER', hidden, hidden, hidden],
    ['CONFIG', 'SET', 'requirepass', hidden, 'nosuch', '1'],
    ['CONFIG', 'SET', 'RequirePass', hidden, 'maxmemory', '0'],
  ]);
  redis.close();
});

describe('misuse', () => {
  it.each([
    [() => createMemoryRedis(null as never), 'options must be an object; given: null'],
    [() => createMemoryRedis({ cluster: null as never }), 'cluster must be an object; given: null'],
    [() => createMemoryRedis({ clock: {} as never }), 'clock must be a Clock'],
    [() => createMemoryRedis({ seed: 0.5 }), 'seed must be a safe integer; given: 0.5'],
    [() => createMemoryRedis({ replica: 5 as never }), 'replica must be an object; given: 5'],
    [() => createMemoryRedis().driver(null as never), 'options must be an object; given: null'],
    [() => createMemoryRedis().driver({ credentials: 5 as never }), 'credentials must be an object'],
    [
      () => createMemoryRedis().driver({ credentials: { username: 'ann' } as never }),
      'credentials.password must be a text; given: "undefined"',
    ],
    [() => createMemoryRedis().driver({ random: 5 as never }), 'random must be a RandomSource'],
    [() => createMemoryRedis({ persistence: 5 as never }), 'persistence must be an object; given: 5'],
    [
      () => createMemoryRedis({ persistence: { file: 'x', failed: 5 as never } }),
      'persistence.failed must be a function; given: 5',
    ],
    [
      () => createMemoryRedis({ replica: {} }).failover?.(null as never),
      'options must be an object; given: null',
    ],
    [() => createMemoryRedis({ cluster: {} }).fail(undefined as never), 'failure must be an object'],
    [
      () => createMemoryRedis({ cluster: {} }).driver(null as never),
      'options must be an object; given: null',
    ],
    [() => createMemoryRedis({ cluster: {} }).failover?.(null as never), 'options must be an object'],
    [() => createMemoryRedis({ cluster: {} }).failOver(0, null as never), 'options must be an object'],
    [() => createMemoryRedis().fail(undefined as never), 'failure must be an object; given: undefined'],
    [() => createMemoryDriver(null as never), 'options must be an object; given: null'],
  ])('is refused by name and rule: %s', (act, says) => {
    expect(act).toThrow(says);
  });

  it('any safe integer is a seed, for any number of drivers', () => {
    for (const seed of [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      const redis = createMemoryRedis({ seed });
      const chances = Array.from({ length: 3 }, () => redis.driver().random.fraction());
      expect(new Set(chances).size).toBe(3);
      redis.close();
    }
  });

  it('a closed engine stays closed, for a driver that had not connected too', async () => {
    const redis = createMemoryRedis({ clock: createManualClock() });
    const driver = redis.driver();
    const snapshot = redis.snapshot();
    redis.close();
    redis.close();
    for (const act of [
      () => redis.reset(),
      () => redis.driver(),
      () => redis.transport(),
      () => redis.restore(snapshot),
      () => redis.faults.restore(),
    ])
      expect(act).toThrow('the engine is closed');
    await expect(startServer(redis)).rejects.toThrow('the engine is closed');
    await expect(driver.openLane()).rejects.toMatchObject({ code: 'CONNECTION', sent: 'no' });
    await expect(driver.nodes()).rejects.toMatchObject({ code: 'CONNECTION', sent: 'no' });
    await driver.close();
  });
});
