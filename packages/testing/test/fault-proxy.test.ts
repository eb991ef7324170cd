import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../src/index.js';

let echo: Server;
let served: Set<Socket>;
let proxy: FaultProxy;
let clients: Socket[];

beforeEach(async () => {
  served = new Set();
  clients = [];
  echo = createServer((socket) => {
    served.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => served.delete(socket));
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await startFaultProxy({ port: (echo.address() as AddressInfo).port });
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  await proxy.close();
  for (const socket of served) socket.destroy();
  echo.close();
  await once(echo, 'close');
});

/** A client that keeps what it got. */
async function connected(): Promise<{ socket: Socket; text(): string; ended: Promise<unknown> }> {
  const socket = createConnection({ port: proxy.port, host: '127.0.0.1' });
  clients.push(socket);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  socket.on('error', () => undefined);
  const ended = new Promise((resolve) => socket.once('close', resolve));
  await Promise.race([new Promise((resolve) => socket.once('connect', resolve)), ended]);
  return { socket, text: () => text, ended };
}

async function until(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setImmediate(resolve));
}

/** What has been sent before this resolves has made its way through an honest proxy. */
async function roundTrip(): Promise<void> {
  const { socket, text } = await connected();
  socket.write('.');
  await until(() => text() === '.');
  socket.destroy();
}

it('nonsense is refused by name, and the end may be asked for twice', async () => {
  await expect(startFaultProxy({} as never)).rejects.toThrow('port must be a whole number of 1 to 65535');
  expect(() => proxy.blackhole('request' as never)).toThrow(
    "direction must be 'requests', 'answers' or 'both'",
  );
  expect(() => proxy.delay(Number.NaN)).toThrow('ms must be a finite number of at least 0; given: NaN');
  expect(() => proxy.trickle(Number.NaN, 5)).toThrow('bytes must be a whole number of at least 1');
  expect(() => proxy.trickle(0, 5)).toThrow('bytes must be a whole number of at least 1; given: 0');
  await Promise.all([proxy.close(), proxy.close()]);
});

describe('the fault proxy', () => {
  it('passes bytes both ways, whatever their size', async () => {
    const { socket, text } = await connected();
    const sent = 'x'.repeat(3_000_000);
    socket.write(sent);
    await until(() => text().length === sent.length);
    expect(text() === sent).toBe(true);
    expect(proxy.connections).toBe(1);
  });

  it('cuts what is open; what comes next passes', async () => {
    const { ended } = await connected();
    await until(() => served.size === 1);
    proxy.cut();
    await ended;
    await until(() => served.size === 0);
    expect(proxy.connections).toBe(0);
    await roundTrip();
  });

  it('refuses until it is healed', async () => {
    proxy.refuse();
    const { ended } = await connected();
    await ended;
    expect(served.size).toBe(0);
    proxy.heal();
    await roundTrip();
  });

  it('swallows answers while requests arrive, and cuts what it tore', async () => {
    const { socket, text, ended } = await connected();
    await until(() => served.size === 1);
    const [server] = [...served] as [Socket];
    const arrived = once(server, 'data');
    proxy.blackhole('answers');
    socket.write('lost');
    expect(String((await arrived)[0])).toBe('lost');
    await until(() => proxy.swallowed === 4);
    expect(socket.destroyed).toBe(false);
    proxy.heal();
    await ended;
    expect(text()).toBe('');
    await roundTrip();
  });

  it('leaves a client half open: the server is gone, and the client does not hear of it', async () => {
    const { socket, ended } = await connected();
    await until(() => served.size === 1);
    proxy.halfOpen();
    await until(() => served.size === 0);
    socket.write('into the void');
    await roundTrip();
    expect(socket.destroyed).toBe(false);
    proxy.heal();
    await ended;
  });

  it('delays chunks and keeps their order', async () => {
    const { socket, text } = await connected();
    proxy.delay(20, 'requests');
    const startedAt = performance.now();
    socket.write('a');
    socket.write('b');
    await until(() => text() === 'ab');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(19);
    proxy.heal();
    expect(socket.destroyed).toBe(false);
  });

  it('trickles, portion by portion', async () => {
    const { socket, text } = await connected();
    const seen = new Set<string>();
    socket.on('data', () => seen.add(text()));
    proxy.trickle(2, 5, 'answers');
    socket.write('abcdef');
    await until(() => text() === 'abcdef');
    expect(seen.size).toBeGreaterThan(1);
  });
});
