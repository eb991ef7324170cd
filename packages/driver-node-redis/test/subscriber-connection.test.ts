import { EventEmitter, once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { ClientConnection, SubscriberEvents } from '@penknife/core/driver-kit';
import { RespClient, requireServers, type ServerNode, startServer } from '@penknife/redis-servers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { singleAdapter } from '../src/adapters.js';
import type { SingleClient } from '../src/client-types.js';
import { majors } from './majors.js';

/** A cluster node serves keys only a while after it got its slots. */
async function allSlotsServed(admin: RespClient): Promise<void> {
  while (!String(await admin.command('CLUSTER', 'INFO')).includes('cluster_state:ok')) await setImmediate();
}

const here = await requireServers();

describe.skipIf(!here).each(majors)('a subscriber connection of redis $major', ({ redis }) => {
  let server: ServerNode;
  let admin: RespClient;
  let heard: EventEmitter;
  let connection: ClientConnection;
  let id: number;
  beforeAll(async () => {
    server = await startServer({ args: ['--cluster-enabled', 'yes'] });
    admin = new RespClient(server.port);
    await admin.command('CLUSTER', 'ADDSLOTSRANGE', 0, 16383);
  });
  afterAll(async () => {
    admin.close();
    await server.stop();
  });
  beforeEach(async () => {
    heard = new EventEmitter();
    const events: SubscriberEvents = {
      message: (...message) => heard.emit('message', ...message),
      unsubscribed: (channel) => heard.emit('unsubscribed', channel),
      lost: (error) => heard.emit('lost', error),
    };
    const recipe = redis.createClient({ url: server.url }) as unknown as SingleClient;
    connection = await singleAdapter(recipe).open('subscriber', events, undefined);
    await connection.connected;
    id = Number(await connection.call({ args: ['CLIENT', 'ID'], key: undefined, bytes: false }));
  });
  afterEach(() => connection.close());

  it('delivers each kind as bytes, and names the pattern', async () => {
    await connection.subscribe('channel', 'news');
    await connection.subscribe('pattern', 'new*');
    const messages: unknown[] = [];
    heard.on('message', (...message) => messages.push(message));
    await admin.command('PUBLISH', 'news', 'x');
    while (messages.length < 2) await once(heard, 'message');
    expect(messages).toEqual([
      ['channel', 'news', Buffer.from('x')],
      ['pattern', 'news', Buffer.from('x'), 'new*'],
    ]);
    await connection.subscribe('shard', 'shard');
    const shard = once(heard, 'message');
    await admin.command('SPUBLISH', 'shard', 'y');
    expect(await shard).toEqual(['shard', 'shard', Buffer.from('y')]);
  });

  it('hears no more after unsubscribing', async () => {
    await connection.subscribe('channel', 'a');
    await connection.unsubscribe('channel', 'a');
    expect(await admin.command('PUBLISH', 'a', 'x')).toBe(0);
  });

  it('takes tracking messages: an array of keys, null for all', async () => {
    await allSlotsServed(admin);
    await connection.subscribe('channel', '__redis__:invalidate');
    const tracker = new RespClient(server.port);
    await tracker.command('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id, 'BCAST');
    const keys = once(heard, 'message');
    await admin.command('SET', 'tracked', '1');
    expect(await keys).toEqual(['channel', '__redis__:invalidate', [Buffer.from('tracked')]]);
    const all = once(heard, 'message');
    await admin.command('FLUSHALL');
    expect(await all).toEqual(['channel', '__redis__:invalidate', null]);
    tracker.close();
  });

  describe('on a cluster whose slots move', () => {
    let slot: number;
    beforeEach(async () => {
      await connection.subscribe('shard', 'moving');
      slot = (await admin.command('CLUSTER', 'KEYSLOT', 'moving')) as number;
    });
    afterEach(() => admin.command('CLUSTER', 'ADDSLOTS', slot));

    it('tells when the server ends a shard subscription', async () => {
      const ended = once(heard, 'unsubscribed');
      await admin.command('CLUSTER', 'DELSLOTS', slot);
      expect(await ended).toEqual(['moving']);
    });

    it('counts itself as lost when that comes between a command and its answer', async () => {
      // The client takes the notice for the answer then, and the answer for nonsense.
      const heardOf = Promise.race([once(heard, 'lost'), once(heard, 'unsubscribed')]);
      await admin.command('MULTI');
      await admin.command('DEBUG', 'SLEEP', '0.05');
      await admin.command('CLUSTER', 'DELSLOTS', slot);
      const executed = admin.command('EXEC');
      await connection.subscribe('channel', 'other');
      await executed;
      expect(await heardOf).toEqual([expect.any(Error)]);
    });
  });

  it('is lost once when its connection is cut, and refuses to work on', async () => {
    const losses: unknown[] = [];
    heard.on('lost', (error) => losses.push(error));
    const lost = once(heard, 'lost');
    await admin.command('CLIENT', 'KILL', 'ID', id);
    await lost;
    await expect(connection.subscribe('channel', 'a')).rejects.toMatchObject({ sent: 'no' });
    await expect(connection.unsubscribe('channel', 'a')).rejects.toMatchObject({ sent: 'no' });
    expect(losses).toHaveLength(1);
  });
});
