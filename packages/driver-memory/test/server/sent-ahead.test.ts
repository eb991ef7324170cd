import { Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { createMemoryRedis } from '../../src/index.js';
import { startServer } from '../../src/server/index.js';
import { RawClient } from './raw-client.js';

afterEach(() => void vi.restoreAllMocks());

test('what is sent ahead in a pause waits with its sender beyond 64 MB, and is answered after it', async () => {
  const redis = createMemoryRedis();
  const server = await startServer(redis);
  const sender = new RawClient({ port: server.port as number });
  await sender.ask('PING');
  const { pause } = Socket.prototype;
  const stopped = new Promise<Socket>((resolve) => {
    vi.spyOn(Socket.prototype, 'pause').mockImplementation(function (this: Socket) {
      resolve(this);
      return pause.call(this);
    });
  });
  redis.faults.pause();
  const value = 'x'.repeat(1024 * 1024);
  for (let i = 0; i < 80; i++)
    sender.socket.write(`*3\r\n$3\r\nSET\r\n$1\r\na\r\n$${value.length}\r\n${value}\r\n`);
  sender.send('ECHO last');
  const socket = await stopped;
  // A pause that does not last would read on in one of these turns.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(socket.isPaused()).toBe(true);
  // Paused again before what waited has run: it waits on.
  redis.faults.resume();
  redis.faults.pause();
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(socket.isPaused()).toBe(true);
  expect(socket.bytesRead).toBeLessThan(70 * 1024 * 1024);
  redis.faults.resume();
  expect((await sender.until('last\r\n')).split('+OK')).toHaveLength(81);
  sender.close();
  await server.close();
  redis.close();
});
