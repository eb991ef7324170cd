import { once } from 'node:events';
import { createManualClock, rawReply } from '@penknife/core';
import { afterEach, describe, expect, test } from 'vitest';
import { createMemoryRedis, type MemoryRedis } from '../../src/index.js';
import { type MemoryServer, type ServerOptions, startServer } from '../../src/server/index.js';
import { RawClient } from './raw-client.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(
  options: ServerOptions = {},
  redis: MemoryRedis = createMemoryRedis(),
): Promise<{ redis: MemoryRedis; server: MemoryServer; client: () => RawClient }> {
  const server = await startServer(redis, options);
  ends.push(
    () => redis.close(),
    () => server.close(),
  );
  const client = (): RawClient => {
    const made = new RawClient({ port: server.port as number });
    ends.push(() => made.close());
    return made;
  };
  return { redis, server, client };
}

describe('who may come in', () => {
  test('an address others can reach needs a password', async () => {
    const { client } = await start({ bind: '0.0.0.0', password: 'secret' });
    expect(await client().ask('PING')).toBe('-NOAUTH Authentication required.\r\n');
  });

  test('nothing is done before AUTH, by AUTH alone or within HELLO', async () => {
    const { client, server } = await start({ password: 'secret' });
    expect(server.url).toBe(`redis://:secret@127.0.0.1:${server.port}`);
    const one = client();
    expect(await one.ask('SET a 1')).toBe('-NOAUTH Authentication required.\r\n');
    expect(await one.ask('HELLO 3')).toMatch(/^-NOAUTH HELLO must be called with the client already/);
    expect(await one.ask('AUTH wrong')).toMatch(/^-WRONGPASS/);
    expect(await one.ask('AUTH default secret')).toBe('+OK\r\n');
    expect(await one.ask('GET a', '$-1\r\n')).toBe('$-1\r\n');
    const other = client();
    expect(await other.ask('HELLO 3 AUTH default secret', 'modules\r\n*0\r\n')).toMatch(/^%7\r\n/);
    expect(await other.ask('RESET')).toBe('+RESET\r\n');
    expect(await other.ask('PING')).toMatch(/^-NOAUTH/);
  });

  test('a password that CONFIG SET changed stays, also for who comes later', async () => {
    const { client } = await start({ password: 'leaked' });
    const one = client();
    expect(await one.ask('AUTH leaked')).toBe('+OK\r\n');
    expect(await one.ask('CONFIG SET requirepass fresh')).toBe('+OK\r\n');
    const other = client();
    expect(await other.ask('AUTH leaked')).toMatch(/^-WRONGPASS/);
    expect(await other.ask('AUTH fresh')).toBe('+OK\r\n');
  });

  test('who has not logged in may send little', async () => {
    const { client } = await start({ password: 'secret' });
    const many = client();
    many.socket.write('*11\r\n');
    expect(await many.end()).toBe('-ERR Protocol error: unauthenticated multibulk length\r\n');
    const long = client();
    long.socket.write('*2\r\n$3\r\nGET\r\n$16385\r\n');
    expect(await long.end()).toBe('-ERR Protocol error: unauthenticated bulk length\r\n');
  });

  test('no more clients than maxclients', async () => {
    const { client, redis } = await start();
    const first = client();
    expect(await first.ask('CONFIG SET maxclients 1')).toBe('+OK\r\n');
    expect(await client().end()).toBe('-ERR max number of clients reached\r\n');
    expect(redis.inspect().connections).toBe(1);
  });
});

test('a port that is taken is an error, and nothing stays open', async () => {
  const { server } = await start();
  const redis = createMemoryRedis();
  await expect(startServer(redis, { port: server.port as number })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
  redis.close();
});

test('a client whose connection ends waits no longer, and takes nothing', async () => {
  const { client, redis } = await start();
  const waiting = client();
  waiting.send('BLPOP list 0');
  const other = client();
  while (redis.inspect().blocked === 0) await other.ask('PING');
  waiting.close();
  while (redis.inspect().connections > 1) await other.ask('PING');
  expect(await other.ask('RPUSH list kept')).toBe(':1\r\n');
  expect(await other.ask('LLEN list')).toBe(':1\r\n');
});

test('commands behind a blocked one run after it', async () => {
  const { client } = await start();
  const waiting = client();
  waiting.send('BLPOP list 0', 'LLEN list', 'PING');
  const other = client();
  await other.ask('RPUSH list a b');
  expect(await waiting.until('+PONG\r\n')).toBe('*2\r\n$4\r\nlist\r\n$1\r\na\r\n:1\r\n+PONG\r\n');
});

test('CLIENT PAUSE puts off writes, and all commands, until it ends', async () => {
  const clock = createManualClock();
  const { client, redis } = await start({}, createMemoryRedis({ clock }));
  const [one, two] = [client(), client()];
  expect(await one.ask('CLIENT PAUSE 1000 WRITE')).toBe('+OK\r\n');
  two.send('GET a', 'SET a 1', 'GET a');
  expect(await two.until('$-1\r\n')).toBe('$-1\r\n');
  const inProcess = redis.driver();
  const write = inProcess.send({ args: ['INCR', 'n'], key: 'n', read: rawReply });
  expect(await one.ask('GET a', '$-1\r\n')).toBe('$-1\r\n');
  expect(await one.ask('CLIENT UNPAUSE')).toBe('+OK\r\n');
  expect(await two.until('$1\r\n1\r\n')).toBe('+OK\r\n$1\r\n1\r\n');
  expect(await write).toBe(1);
  expect(await one.ask('CLIENT PAUSE 50')).toBe('+OK\r\n');
  two.send('PING');
  await clock.advance(50);
  expect(await two.until('+PONG\r\n')).toBe('+PONG\r\n');
  await inProcess.close();
});

test('MONITOR shows commands of all clients, those of scripts too, and no passwords', async () => {
  const clock = createManualClock(1_700_000_000_123);
  const { client } = await start({}, createMemoryRedis({ clock }));
  const [watching, acting] = [client(), client()];
  expect(await watching.ask('MONITOR')).toBe('+OK\r\n');
  await acting.ask('AUTH default secret');
  await acting.ask('HELLO 2 AUTH default secret', '*0\r\n');
  await acting.ask('HELLO 2 SETNAME auth AUTH default secret', '*0\r\n');
  await acting.ask(String.raw`SET "a \"b\x01" 1`);
  await acting.ask(`EVAL "return redis.call('INCR', KEYS[1])" 1 n`);
  await acting.ask('PING');
  const lines = (await watching.until('"PING"\r\n')).replace(/127\.0\.0\.1:\d+/g, 'client');
  expect(lines.split('\r\n')).toEqual([
    '+1700000000.123000 [0 client] "HELLO" "2" "AUTH" "(redacted)" "(redacted)"',
    '+1700000000.123000 [0 client] "HELLO" "2" "SETNAME" "auth" "AUTH" "(redacted)" "(redacted)"',
    String.raw`+1700000000.123000 [0 client] "SET" "a \"b\x01" "1"`,
    '+1700000000.123000 [0 lua] "INCR" "n"',
    '+1700000000.123000 [0 client] "PING"',
    '',
  ]);
});

test('on RESP3 pushes come beside replies: an invalidation after the reply of its own command', async () => {
  const { client } = await start();
  const one = client();
  await one.ask('HELLO 3', '*0\r\n');
  await one.ask('CLIENT TRACKING ON');
  await one.ask('GET a', '_\r\n');
  expect(await one.ask('SET a 1', '$1\r\na\r\n')).toBe('+OK\r\n>2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\na\r\n');
  expect(await one.ask('SUBSCRIBE news', ':1\r\n')).toBe('>3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n');
  await client().ask('PUBLISH news hello');
  expect(await one.until('hello\r\n')).toBe('>3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n');
  expect(await one.ask('PING')).toBe('+PONG\r\n');
});

test('a subscriber that does not read is dropped at its limit; the others are served', async () => {
  const { client, redis } = await start();
  const [deaf, other] = [client(), client()];
  await other.ask('CONFIG SET client-output-buffer-limit "pubsub 100000 0 0"');
  await deaf.ask('SUBSCRIBE news', ':1\r\n');
  deaf.socket.pause();
  const payload = 'x'.repeat(50_000);
  let published = 0;
  while (redis.inspect().connections === 2 && published < 10_000) {
    await other.ask(`PUBLISH news ${payload}`);
    published++;
  }
  expect(redis.inspect().connections).toBe(1);
  expect(await other.ask('PING')).toBe('+PONG\r\n');
});

test('a client that sends and does not read is not served beyond what the socket takes', async () => {
  const { client, redis } = await start();
  const [greedy, other] = [client(), client()];
  await other.ask(`SET big ${'x'.repeat(60_000)}`);
  greedy.socket.pause();
  greedy.send(...Array.from({ length: 500 }, () => 'GET big'));
  let calls = -1;
  // Served until the socket is full: then the count stands still over many turns of others.
  for (let still = 0; still < 50; ) {
    await other.ask('PING');
    const now = redis.inspect().commands.get as number;
    still = now === calls ? still + 1 : 0;
    calls = now;
  }
  expect(calls).toBeLessThan(500);
  let bytes = 0;
  greedy.socket.removeAllListeners('data').on('data', (chunk) => {
    bytes += chunk.length;
  });
  greedy.socket.resume();
  while (bytes < 500 * (60_000 + '$60000\r\n\r\n'.length)) await once(greedy.socket, 'data');
  expect(redis.inspect().commands.get).toBe(500);
});

describe('how it ends', () => {
  test('close sends what is answered and closes every connection', async () => {
    const { client, server, redis } = await start();
    const one = client();
    await one.ask('SET a 1');
    await server.close();
    await server.closed;
    expect(await one.end()).toBe('');
    expect(redis.inspect().connections).toBe(0);
    expect(redis.inspect().keys).toHaveLength(1);
    const late = client();
    expect(await late.end()).toBe('');
  });

  test('a client that does not read is dropped when the time to drain is over', async () => {
    const { client, server } = await start();
    const deaf = client();
    await deaf.ask('PING');
    deaf.socket.pause();
    deaf.send(`SET big ${'x'.repeat(60_000)}`, ...Array.from({ length: 1000 }, () => 'GET big'));
    await client().ask('PING');
    await server.close({ drainMs: 10 });
  });

  test('SHUTDOWN by a client', async () => {
    const { client, server } = await start();
    expect(await client().ask('SHUTDOWN SAVE NOSAVE')).toBe('-ERR syntax error\r\n');
    client().send('SHUTDOWN NOSAVE');
    await server.closed;
  });

  test('QUIT, and CLIENT KILL of oneself, are answered first; of another at once', async () => {
    const { client } = await start();
    const one = client();
    one.send('QUIT', 'PING');
    expect(await one.end()).toBe('+OK\r\n');
    const [killer, killed] = [client(), client()];
    const id = (await killed.ask('CLIENT ID')).slice(1, -2);
    expect(await killer.ask(`CLIENT KILL ID ${id}`)).toBe(':1\r\n');
    expect(await killed.end()).toBe('');
    const own = (await killer.ask('CLIENT ID')).slice(1, -2);
    killer.send(`CLIENT KILL ID ${own} SKIPME no`);
    expect(await killer.end()).toBe(':1\r\n');
  });
});

test('faults reach clients at the door', async () => {
  const { client, redis } = await start();
  const one = client();
  await one.ask('PING');
  redis.faults.cut();
  expect(await one.end()).toBe('');
  redis.faults.refuse();
  expect(await client().end()).toBe('');
  redis.faults.restore();
  const paused = client();
  await paused.ask('PING');
  redis.faults.pause();
  paused.send('PING');
  const before = redis.inspect().commands.ping;
  // Turns of the event loop in which a running engine would have answered.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(redis.inspect().commands.ping).toBe(before);
  redis.faults.resume();
  expect(await paused.until('+PONG\r\n')).toBe('+PONG\r\n');
});
