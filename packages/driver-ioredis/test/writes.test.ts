import { once } from 'node:events';
import { createConnection, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type Driver, rawReply } from '@penknife/core';
import { requireServers, startServer } from '@penknife/redis-servers';
import type { Redis } from 'ioredis';
import { describe, expect, test, vi } from 'vitest';
import { createIoredisDriver } from '../src/index.js';
import { majors } from './majors.js';

const get = { args: ['GET', 'key'], read: rawReply } as const;

/** The writes of Node's sockets, as the sizes of what is handed to them at once. */
interface Stream {
  _write(chunk: unknown, encoding: unknown, done: unknown): void;
  _writev(chunks: readonly unknown[], done: unknown): void;
}

/** A driver on a client whose duplicates note how many commands leave in each write of theirs. */
function noting(client: Redis): { readonly driver: Driver; readonly writes: number[] } {
  const writes: number[] = [];
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (override) => {
    const copy = duplicate(override);
    copy.on('ready', () => {
      const stream = copy.stream as unknown as Stream;
      const { _write, _writev } = stream;
      stream._write = (...args) => {
        writes.push(1);
        _write.apply(stream, args);
      };
      stream._writev = (chunks, done) => {
        writes.push(chunks.length);
        _writev.call(stream, chunks, done);
      };
    });
    return copy;
  };
  return { driver: createIoredisDriver(client), writes };
}

describe.skipIf(!(await requireServers())).each(majors)('$name: what leaves together', ({ redis }) => {
  test('the commands of one turn: the first 32 leave together, then twice as many each time, and the rest at its end', async () => {
    await using server = await startServer();
    const { driver, writes } = noting(redis({ port: server.port, lazyConnect: true }));
    await driver.send(get);
    const writesOf = async (run: () => Promise<unknown>): Promise<number[]> => {
      writes.length = 0;
      await run();
      return [...writes];
    };
    const together = (count: number) => () =>
      Promise.all(Array.from({ length: count }, () => driver.send(get)));
    expect(await writesOf(together(1))).toEqual([1]);
    expect(await writesOf(together(32))).toEqual([32]);
    expect(await writesOf(together(33))).toEqual([32, 1]);
    expect(await writesOf(together(300))).toEqual([32, 64, 128, 76]);
    // MULTI and EXEC are two of them.
    expect(await writesOf(() => driver.transaction([get, get, get]))).toEqual([5]);
    // Each turn counts anew.
    expect(await writesOf(() => together(40)().then(together(40)))).toEqual([32, 8, 32, 8]);
    await driver.close();
  });

  test('a write that fails at once takes what was in it and no more: the next command waits, and is sent on the next connection', async () => {
    await using server = await startServer();
    const { driver, writes } = noting(redis({ port: server.port, lazyConnect: true }));
    await driver.send(get);
    writes.length = 0;
    const failing = vi.spyOn(Socket.prototype, '_write').mockImplementationOnce(function (
      this: Socket,
      _chunk,
      _encoding,
      done,
    ) {
      const broken = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
      this.destroy(broken);
      done(broken);
    });
    try {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 33 }, () => driver.send(get, { deadlineMs: 5000 })),
      );
      const told = outcomes.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.sent));
      expect(told).toEqual([...Array.from({ length: 32 }, () => 'maybe'), null]);
      expect(writes[0]).toBe(32);
    } finally {
      failing.mockRestore();
      await driver.close();
    }
  });

  test('what leaves together is written as one text', async () => {
    await using server = await startServer();
    const driver = createIoredisDriver(redis({ port: server.port, lazyConnect: true }));
    await driver.send(get);
    const [together, apart] = [
      vi.spyOn(Socket.prototype, '_write'),
      vi.spyOn(Socket.prototype, '_writev' as '_write'),
    ];
    try {
      await Promise.all(Array.from({ length: 32 }, () => driver.send(get)));
      expect(together.mock.calls.length).toBe(1);
      expect(apart.mock.calls.length).toBe(0);
    } finally {
      together.mockRestore();
      apart.mockRestore();
      await driver.close();
    }
  });

  test('a stream that the client’s owner made writes in its own way', async () => {
    await using server = await startServer();
    const client = redis({ noDelay: false, lazyConnect: true, Connector: tunnelTo(server.port) as never });
    const driver = createIoredisDriver(client);
    const set = (key: string, value: string | Uint8Array) =>
      driver.send({ args: ['SET', key, value], read: rawReply });
    expect(await Promise.all([set('a', 'ü'), set('b', Uint8Array.of(0, 255)), set('c', 'c')])).toEqual([
      'OK',
      'OK',
      'OK',
    ]);
    expect(await driver.send({ args: ['GET', 'b'], bytes: true, read: rawReply })).toEqual(
      Buffer.from([0, 255]),
    );
    await driver.close();
  });
});

/** A stream that is no socket and knows no `_writev`, as tunnels are. */
class Tunnel extends Duplex {
  readonly #socket: Socket;

  constructor(port: number) {
    super();
    this.#socket = createConnection(port, '127.0.0.1');
    this.#socket.on('connect', () => this.emit('connect'));
    this.#socket.on('data', (chunk) => this.push(chunk));
    this.#socket.on('close', () => this.destroy());
  }

  setKeepAlive(): void {}

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, written: (error?: Error | null) => void): void {
    this.#socket.write(chunk, written);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}

/** An ioredis connector that goes through a tunnel. */
const tunnelTo = (port: number) =>
  class {
    #tunnel: Tunnel | undefined;
    check(): boolean {
      return true;
    }
    async connect(): Promise<Tunnel> {
      this.#tunnel = new Tunnel(port);
      await once(this.#tunnel, 'connect');
      return this.#tunnel;
    }
    disconnect(): void {
      this.#tunnel?.destroy();
    }
  };
