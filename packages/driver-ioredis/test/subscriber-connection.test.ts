import type { ClientConnection } from '@penknife/core/driver-kit';
import { RespClient, requireServers, type ServerNode, startServer } from '@penknife/redis-servers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { singleAdapter } from '../src/adapters.js';
import { majors } from './majors.js';

describe.skipIf(!(await requireServers())).each(majors)('$name: a subscriber connection', ({ redis }) => {
  let server: ServerNode;
  let admin: RespClient;
  let connection: ClientConnection;
  let id: number;
  let told: unknown[][];

  beforeAll(async () => {
    server = await startServer();
    admin = new RespClient(server.port);
  });
  afterAll(async () => {
    admin.close();
    await server.stop();
  });
  beforeEach(async () => {
    told = [];
    const recipe = redis({ port: server.port, lazyConnect: true });
    connection = await singleAdapter(recipe).open(
      'subscriber',
      {
        message: (kind, channel, payload, pattern) => told.push([kind, channel, texts(payload), pattern]),
        unsubscribed: (channel) => told.push(['unsubscribed', channel]),
        lost: (error) => told.push(['lost', error]),
      },
      undefined,
    );
    await connection.connected;
    id = Number(await connection.call({ args: ['CLIENT', 'ID'], key: undefined, bytes: false }));
  });
  afterEach(() => connection.close());

  const heard = (count: number): Promise<void> => expect.poll(() => told.length).toBe(count);

  test('messages of each kind', async () => {
    await Promise.all([
      connection.subscribe('channel', 'news é'),
      connection.subscribe('pattern', 'new*'),
      connection.subscribe('shard', 'shard'),
    ]);
    await admin.command('PUBLISH', 'news é', 'a');
    await admin.command('SPUBLISH', 'shard', 'b');
    await heard(3);
    expect(told).toEqual([
      ['channel', 'news é', 'a', undefined],
      ['pattern', 'news é', 'a', 'new*'],
      ['shard', 'shard', 'b', undefined],
    ]);
  });

  test('the end of the last subscription of one kind leaves the other kinds alone', async () => {
    await connection.subscribe('channel', 'news');
    await connection.subscribe('shard', 'shard');
    await connection.unsubscribe('shard', 'shard');
    await admin.command('PUBLISH', 'news', 'a');
    await connection.subscribe('shard', 'shard');
    await connection.unsubscribe('channel', 'news');
    await admin.command('SPUBLISH', 'shard', 'b');
    await heard(2);
    expect(told.map(([, , payload]) => payload)).toEqual(['a', 'b']);
  });

  test('invalidations: keys as an array, a flush as null', async () => {
    await connection.subscribe('channel', '__redis__:invalidate');
    const tracker = new RespClient(server.port);
    await tracker.command('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id, 'BCAST');
    await admin.command('MSET', 'one', '1', 'two', '2');
    await heard(1);
    await admin.command('FLUSHALL');
    await heard(2);
    tracker.close();
    const [first, second] = told;
    expect(first).toEqual([
      'channel',
      '__redis__:invalidate',
      expect.arrayContaining(['one', 'two']),
      undefined,
    ]);
    expect(second).toEqual(['channel', '__redis__:invalidate', null, undefined]);
  });

  test('a refused name rejects, and the connection lives on', async () => {
    await admin.command('ACL', 'SETUSER', 'default', 'resetchannels', '&allowed');
    try {
      await expect(connection.subscribe('channel', 'forbidden')).rejects.toMatchObject({ code: 'NOPERM' });
      await connection.subscribe('channel', 'allowed');
    } finally {
      await admin.command('ACL', 'SETUSER', 'default', 'allchannels');
    }
    await admin.command('PUBLISH', 'allowed', 'a');
    await heard(1);
  });

  test('a cut is told once, and ends what waits for an answer', async () => {
    await connection.subscribe('channel', 'news');
    await server.pause();
    const waiting = connection.subscribe('channel', 'more').catch((error: unknown) => error);
    await server.kill();
    expect(await waiting).toMatchObject({ kind: 'connection' });
    await server.restart();
    admin.close();
    admin = new RespClient(server.port);
    expect(told).toEqual([['lost', expect.any(Error)]]);
    await expect(connection.subscribe('channel', 'late')).rejects.toMatchObject({ sent: 'no' });
  });

  test('close() is no loss', async () => {
    await connection.subscribe('channel', 'news');
    connection.close();
    connection.close();
    await expect.poll(() => admin.command('PUBLISH', 'news', 'x')).toBe(0);
    expect(told).toEqual([]);
  });
});

function texts(payload: Uint8Array | readonly Uint8Array[] | null): unknown {
  if (payload === null) return null;
  return payload instanceof Uint8Array ? String(payload) : payload.map(String);
}
