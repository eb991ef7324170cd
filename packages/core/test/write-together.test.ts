import { once } from 'node:events';
import {
  createConnection,
  createServer,
  type Server,
  type Socket,
  type SocketConstructorOpts,
} from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeTogether } from '../src/kit/client/write-together.js';

type Wire = [chunk: string | Uint8Array, encoding?: BufferEncoding];

describe('the writev of a socket with many small commands', () => {
  let server: Server;
  let socket: Socket;
  let arrived: Promise<Buffer>;
  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    arrived = once(server, 'connection').then(async ([peer]) =>
      Buffer.concat(await (peer as Socket).toArray()),
    );
    const { port } = server.address() as { port: number };
    const options = { port, host: '127.0.0.1', writev: writeTogether } as SocketConstructorOpts & {
      port: number;
    };
    socket = createConnection(options);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    socket.destroy();
    server.close();
    await once(server, 'close');
  });

  /** What arrives of pieces that were corked, how often Node wrote pieces one by one, and how many they were at the last time. */
  async function written(...pieces: Wire[]): Promise<{ bytes: Buffer; apart: number; parts: number }> {
    const apart = vi.spyOn(Object.getPrototypeOf(socket), '_writev');
    socket.cork();
    for (const [chunk, encoding] of pieces) socket.write(chunk, encoding);
    socket.uncork();
    socket.end();
    const bytes = await arrived;
    const { calls } = apart.mock;
    return { bytes, apart: calls.length, parts: (calls.at(-1)?.[0] as unknown[] | undefined)?.length ?? 0 };
  }

  it('writes texts as one, in their order', async () => {
    await once(socket, 'connect');
    const pieces = Array.from({ length: 1000 }, (_, i) => `*1\r\n$4\r\nü${i % 10}ß\r\n`);
    const { bytes, apart } = await written(...pieces.map((piece): Wire => [piece]));
    expect(bytes.toString()).toBe(pieces.join(''));
    expect(apart).toBe(0);
  });

  it('writes what was corked before the socket was connected', async () => {
    const { bytes } = await written(['a'], ['ü'], ['c']);
    expect(bytes.toString()).toBe('aüc');
  });

  it('writes texts that are many as a few', async () => {
    await once(socket, 'connect');
    const one = 'x'.repeat(1000);
    const { bytes, apart, parts } = await written(...Array.from({ length: 200 }, (): Wire => [one]));
    expect(bytes.toString()).toBe(one.repeat(200));
    expect([apart, parts]).toEqual([1, 4]);
  });

  it('writes nothing as nothing', async () => {
    await once(socket, 'connect');
    expect((await written([''], [''])).bytes).toHaveLength(0);
  });

  it('leaves bytes among the texts as they are', async () => {
    await once(socket, 'connect');
    const { bytes, apart } = await written(['a'], [Uint8Array.of(0, 255, 128)], ['b']);
    expect(bytes).toEqual(Buffer.from([97, 0, 255, 128, 98]));
    expect(apart).toBe(1);
  });

  it('leaves texts of other encodings as they are', async () => {
    await once(socket, 'connect');
    const { bytes, apart } = await written(['ff', 'hex'], ['a'], ['\u00ff', 'latin1']);
    expect(bytes).toEqual(Buffer.from([255, 97, 255]));
    expect(apart).toBe(1);
  });

  it('does not copy what is long', async () => {
    await once(socket, 'connect');
    const long = 'x'.repeat(65_536);
    const { bytes, apart } = await written(['a'], [long]);
    expect(bytes.toString()).toBe(`a${long}`);
    expect(apart).toBe(1);
  });

  it('tells the writers when it is done', async () => {
    await once(socket, 'connect');
    const told: unknown[] = [];
    socket.cork();
    socket.write('a', (error) => told.push(error));
    socket.write('b', (error) => told.push(error));
    socket.uncork();
    socket.write('c', () => undefined);
    socket.end();
    await arrived;
    await vi.waitUntil(() => told.length === 2);
    expect(told.filter((error) => error instanceof Error)).toEqual([]);
  });
});
