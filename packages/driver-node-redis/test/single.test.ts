import { Socket } from 'node:net';
import { type Driver, isServerError, type Reply, rawReply, ServerError } from '@penknife/core';
import { requireServers, type ServerNode, startServer } from '@penknife/redis-servers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createNodeRedisDriver } from '../src/index.js';
import { majors } from './majors.js';

const command = (...args: (string | Uint8Array)[]) => ({ args: args as [Uppercase<string>], read: rawReply });

const here = await requireServers();

describe.skipIf(!here).each(majors)('a driver on createClient of redis $major', ({ redis }) => {
  let server: ServerNode;
  let driver: Driver;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    driver = createNodeRedisDriver(redis.createClient({ url: server.url }));
  });
  afterEach(() => driver.close());

  const send = (...args: (string | Uint8Array)[]): Promise<Reply> => driver.send(command(...args));

  it('gives the shapes of RESP2, whatever the client speaks', async () => {
    await send('HSET', 'hash', 'field', 'value');
    await send('ZADD', 'scores', '1.5', 'a');
    expect(await send('HGETALL', 'hash')).toEqual(['field', 'value']);
    expect(await send('ZRANGE', 'scores', '0', '-1', 'WITHSCORES')).toEqual(['a', '1.5']);
    expect(await send('GET', 'missing')).toBeNull();
  });

  it('gives bytes when asked, also inside arrays', async () => {
    const bytes = Buffer.from([0, 255, 128]);
    await send('SET', 'bytes', bytes);
    expect(await driver.send({ ...command('GET', 'bytes'), bytes: true })).toEqual(bytes);
    expect(await driver.send({ ...command('MGET', 'bytes', 'missing'), bytes: true })).toEqual([bytes, null]);
  });

  it('writes what one turn sends as one text', async () => {
    await send('PING');
    const [together, apart] = [
      vi.spyOn(Socket.prototype, '_write'),
      vi.spyOn(Socket.prototype, '_writev' as '_write'),
    ];
    try {
      await Promise.all(Array.from({ length: 100 }, (_, i) => send('SET', `together:${i}`, 'ü')));
      expect(together.mock.calls.length).toBe(1);
      expect(apart.mock.calls.length).toBe(0);
    } finally {
      together.mockRestore();
      apart.mockRestore();
    }
    expect(await send('GET', 'together:99')).toBe('ü');
  });

  it('turns an error inside a reply into a ServerError value', async () => {
    const lua = "return {1, redis.pcall('INCR', KEYS[1]), 'after'}";
    await send('SET', 'text', 'x');
    const reply = (await send('EVAL', lua, '1', 'text')) as Reply[];
    expect(reply[0]).toBe(1);
    expect(isServerError(reply[1], 'ERR')).toBe(true);
    expect(reply[2]).toBe('after');
  });

  it('runs a transaction: each its own outcome, bytes and text side by side', async () => {
    await send('SET', 'a', 'text');
    const outcomes = await driver.transaction([
      command('GET', 'a'),
      { ...command('GET', 'a'), bytes: true },
      command('LPUSH', 'a', 'x'),
      command('SET', 'b', '1'),
    ]);
    if (outcomes === 'aborted') throw new Error('aborted');
    expect(outcomes[0]).toEqual({ ok: true, value: 'text' });
    expect(outcomes[1]).toEqual({ ok: true, value: Buffer.from('text') });
    expect(outcomes[2].ok === false && outcomes[2].error.code).toBe('WRONGTYPE');
    expect(outcomes[3]).toEqual({ ok: true, value: 'OK' });
  });

  it('says EXECABORT and why when a command is refused while queueing', async () => {
    const error = await driver.transaction([command('SET', 'never', '1'), command('GET')]).catch((e) => e);
    expect(error).toBeInstanceOf(ServerError);
    expect(error.code).toBe('EXECABORT');
    expect(String(error.cause)).toContain('wrong number of arguments');
    expect(await send('EXISTS', 'never')).toBe(0);
  });

  it('tells an aborted WATCH by value', async () => {
    const lane = await driver.openLane();
    await lane.send(command('WATCH', 'watched'));
    await send('SET', 'watched', 'by another');
    expect(await lane.transaction([command('SET', 'watched', 'mine')])).toBe('aborted');
  });

  it('knows the id of a lane, and that it was lost', async () => {
    const lane = await driver.openLane();
    const blocked = lane.send(command('BLPOP', 'nothing', '0')).catch((e) => e);
    const lost = new Promise((resolve) => lane.lost.addEventListener('abort', resolve));
    expect(await send('CLIENT', 'KILL', 'ID', String(lane.id))).toBe(1);
    await lost;
    expect(await blocked).toMatchObject({ kind: 'connection', sent: 'maybe' });
  });

  it('sends nothing that was given up while the server was away', async () => {
    await send('PING');
    await server.kill();
    const given = await driver.send(command('SET', 'late', '1'), { deadlineMs: 60 }).catch((e) => e);
    expect(given.sent === 'no' || given.cause !== undefined).toBe(true);
    await server.restart();
    const patient = driver.send({ ...command('GET', 'late'), repeatable: true });
    expect(await patient).toBeNull();
  });

  it('says why it cannot connect', async () => {
    const nobody = createNodeRedisDriver(redis.createClient({ socket: { host: '127.0.0.1', port: 1 } }));
    const lane = await nobody.openLane().catch((e) => e);
    expect(lane).toMatchObject({ kind: 'connection', sent: 'no' });
    const call = await nobody.send(command('PING'), { deadlineMs: 50 }).catch((e) => e);
    expect(call).toMatchObject({ kind: 'connection', sent: 'no' });
    expect(call.cause.code).toBe('ECONNREFUSED');
    await nobody.close();
  });

  it('a strategy that gives up does not end the driver', async () => {
    const client = redis.createClient({ socket: { port: server.port, reconnectStrategy: false } });
    await using patient = createNodeRedisDriver(client);
    await patient.send(command('PING'));
    await server.kill();
    await patient.send(command('PING'), { deadlineMs: 20 }).catch(() => undefined);
    await server.restart();
    expect(await patient.send({ ...command('PING'), repeatable: true })).toBe('PONG');
  });

  it('closed between two tries to connect, nothing of it keeps the process alive', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    let tries = 0;
    const reconnectStrategy = (): number => {
      tries++;
      return 60_000;
    };
    const before = timers();
    const client = redis.createClient({ socket: { host: '127.0.0.1', port: 1, reconnectStrategy } });
    const waiting = createNodeRedisDriver(client);
    const call = waiting.send(command('PING'), { deadlineMs: 30_000 }).catch((error) => error);
    while (tries === 0) await new Promise((resolve) => setImmediate(resolve));
    await waiting.close();
    expect(await call).toMatchObject({ kind: 'closed' });
    expect(timers()).toBeLessThanOrEqual(before);
  });
});
