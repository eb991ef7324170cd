import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@penknife/core';
import { afterEach, describe, expect, test } from 'vitest';
import { createMemoryRedis, type MemoryRedis } from '../../src/index.js';
import { startServer } from '../../src/server/index.js';
import { RawClient } from './raw-client.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'penknife-'));
  ends.push(() => rmSync(folder, { recursive: true }));
  return join(folder, 'redis.sock');
}

/** A server of one client in line, whose event loop never turns again. */
const listenAndStandStill = `
  require('node:net').createServer().listen({ path: process.argv[1], backlog: 1 }, () => {
    require('node:fs').writeSync(1, 'listening');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

describe('what stands where the unix socket is to be', () => {
  test('the socket of a server that is gone is replaced', async () => {
    const path = socketPath();
    const gone = createServer().listen(`${path}.moved`);
    await once(gone, 'listening');
    renameSync(`${path}.moved`, path);
    await new Promise((resolve) => gone.close(resolve));
    expect(existsSync(path)).toBe(true);
    const redis = createMemoryRedis();
    const server = await startServer(redis, { port: -1, unixSocket: path });
    ends.push(() => server.close());
    expect([server.port, server.url, server.unixSocket]).toEqual([undefined, undefined, path]);
    const client = new RawClient({ path });
    expect(await client.ask('PING')).toBe('+PONG\r\n');
    client.close();
  });

  test('that of a server that runs is in the way', async () => {
    const path = socketPath();
    const server = await startServer(createMemoryRedis(), { port: -1, unixSocket: path });
    ends.push(() => server.close());
    await expect(startServer(createMemoryRedis(), { unixSocket: path })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    const client = new RawClient({ path });
    expect(await client.ask('PING')).toBe('+PONG\r\n');
    client.close();
  });

  // Other systems answer a full line as they do where nobody listens.
  test.skipIf(process.platform !== 'linux')(
    'that of a server that takes nobody for now is in the way',
    async () => {
      const path = socketPath();
      const busy = spawn(process.execPath, ['--eval', listenAndStandStill, path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      ends.push(() => busy.kill('SIGKILL'));
      await once(busy.stdout, 'data');
      for (let isFull = false; !isFull; ) {
        const waiting = connect({ path });
        ends.push(() => waiting.destroy());
        isFull = await new Promise((resolve) => {
          waiting.once('connect', () => resolve(false));
          waiting.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EAGAIN'));
        });
      }
      await expect(startServer(createMemoryRedis(), { unixSocket: path })).rejects.toMatchObject({
        code: 'EADDRINUSE',
      });
      expect(existsSync(path)).toBe(true);
    },
  );

  test('a file with data is in the way', async () => {
    const path = socketPath();
    writeFileSync(path, 'orders');
    await expect(startServer(createMemoryRedis(), { unixSocket: path })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    expect(readFileSync(path, 'utf8')).toBe('orders');
  });
});

test.each([
  [{ bind: '0.0.0.0' }, /bind needs a password/],
  [{ bind: 5 }, /bind must be a text; given: "number"/],
  [{ port: 70_000 }, /port must be/],
  [{ port: -1 }, /port must be given/],
  [{ password: '' }, /password must not be empty/],
  [{ password: 1234 }, /password must be a text; given: "number"/],
  [{ unixSocket: '' }, /unixSocket must not be empty/],
  [{ unixSocket: 7 }, /unixSocket must be a text/],
  [{ onError: 'log' }, /onError must be a function/],
  [null, /options must be an object; given: null/],
])('options that make no sense are refused by name: %j', async (options, says) => {
  await expect(startServer(createMemoryRedis(), options as never)).rejects.toThrow(says);
});

test.each([{}, null])('what is no Redis: %j', async (redis) => {
  await expect(startServer(redis as MemoryRedis)).rejects.toThrow(/not a Redis made by createMemoryRedis/);
});

describe('calls that are to fail, of clients at the door', () => {
  async function start() {
    const clock = createManualClock();
    const redis = createMemoryRedis({ clock });
    const server = await startServer(redis);
    const client = (): RawClient => new RawClient({ port: server.port as number });
    ends.push(
      () => redis.close(),
      () => server.close({ drainMs: 0 }),
    );
    return { clock, redis, client: client(), other: client() };
  }

  test('an error: the command does not run, the next one does', async () => {
    const { redis, client } = await start();
    redis.fail({ command: 'SET', effect: { error: 'OOM no room' } });
    expect(await client.ask('get a', '$-1\r\n')).toBe('$-1\r\n');
    expect(await client.ask('set a 1')).toBe('-OOM no room\r\n');
    expect(await client.ask('get a', '$-1\r\n')).toBe('$-1\r\n');
    expect(await client.ask('set a 1')).toBe('+OK\r\n');
  });

  test('a dropped reply: it ran; a disconnect: it did not', async () => {
    const { redis, client, other } = await start();
    redis.fail({ command: 'INCR', effect: 'drop-reply' });
    client.send('INCR n', 'INCR n');
    expect(await client.end()).toBe('');
    expect(await other.ask('GET n', '\r\n1\r\n')).toBe('$1\r\n1\r\n');
    redis.fail({ effect: 'disconnect' });
    other.send('INCR n');
    expect(await other.end()).toBe('');
    expect(redis.inspect().commands.incr).toBe(1);
  });

  test('a delay, by the engine’s clock: what comes behind it on the connection waits, others do not', async () => {
    const { clock, redis, client, other } = await start();
    redis.fail({ command: 'INCR', effect: { delayMs: 60_000 } });
    client.send('INCR n', 'APPEND n 0', 'PING');
    while (clock.armed === 0) await other.ask('PING');
    expect(await other.ask('GET n', '$-1\r\n')).toBe('$-1\r\n');
    await clock.advance(60_000);
    expect(await client.until('+PONG\r\n')).toBe(':1\r\n:2\r\n+PONG\r\n');
    redis.fail({ command: 'INCR', effect: { delayMs: 60_000 } });
    client.send('INCR n');
    while (clock.armed === 0) await other.ask('PING');
    client.close();
    while (redis.inspect().connections > 1) await other.ask('PING');
    expect(clock.armed).toBe(0);
  });

  test('a delay that ends while the engine is paused: it runs when the engine goes on', async () => {
    const { clock, redis, client } = await start();
    redis.fail({ command: 'INCR', effect: { delayMs: 60_000 } });
    client.send('INCR n');
    while (clock.armed === 0) await new Promise(setImmediate);
    redis.faults.pause();
    await clock.advance(60_000);
    expect(redis.inspect().commands.incr).toBeUndefined();
    redis.faults.resume();
    expect(await client.until('\r\n')).toBe(':1\r\n');
  });

  test.each([{ error: 'ERR no' }, 'disconnect', 'drop-reply'] as const)(
    'a transaction is never chosen, nor what opens it: %j',
    async (effect) => {
      const { redis, client } = await start();
      redis.fail({ effect });
      client.socket.write('MULTI\r\nSET a 1\r\nEXEC\r\n');
      expect(await client.until('*1\r\n+OK\r\n')).toBe('+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n');
      client.send('PING');
      if (typeof effect === 'string') expect(await client.end()).toBe('');
      else expect(await client.until('\r\n')).toBe('-ERR no\r\n');
    },
  );

  test('subscriptions and what a client says of itself are never chosen', async () => {
    const { redis, client } = await start();
    redis.fail({ effect: { error: 'ERR no' } });
    await client.ask('HELLO 3', 'modules\r\n*0\r\n');
    expect(await client.ask('CLIENT SETNAME ann')).toBe('+OK\r\n');
    for (const kind of ['', 'p', 's']) {
      expect(await client.ask(`${kind}subscribe news`, ':1\r\n')).toContain('subscribe');
      expect(await client.ask(`${kind}unsubscribe news`, ':0\r\n')).toContain('unsubscribe');
    }
    expect(await client.ask('AUTH wrong')).toMatch(/^-(ERR|WRONGPASS) /);
    expect(await client.ask('PING')).toBe('-ERR no\r\n');
  });

  test('nothing within a transaction', async () => {
    const { redis, client } = await start();
    expect(await client.ask('MULTI')).toBe('+OK\r\n');
    redis.fail({ effect: { error: 'ERR no' } });
    expect(await client.ask('SET a 1')).toBe('+QUEUED\r\n');
    expect(await client.ask('EXEC', '+OK\r\n')).toBe('*1\r\n+OK\r\n');
    expect(await client.ask('PING')).toBe('-ERR no\r\n');
  });
});
