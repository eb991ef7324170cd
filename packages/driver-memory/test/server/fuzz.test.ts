import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryRedis } from '../../src/index.js';
import { startServer } from '../../src/server/index.js';
import { ProtocolError } from '../../src/server/protocol-error.js';
import { RequestParser } from '../../src/server/request-parser.js';
import { RawClient } from './raw-client.js';

const runs = process.env.PENKNIFE_TIER === 'full' ? 20_000 : 400;

/** Bytes that look like the protocol often enough to get far into it. */
const piece = fc.oneof(
  fc.constantFrom(
    '*1\r\n',
    '*2\r\n',
    '*3\r\n',
    '$3\r\n',
    '$4\r\n',
    '$0\r\n',
    '$-1\r\n',
    '*-1\r\n',
    '\r\n',
    '\n',
    '"',
    "'",
  ),
  fc.constantFrom(
    'PING',
    'GET',
    'SET',
    'MULTI',
    'EXEC',
    'HELLO 3',
    'SUBSCRIBE a',
    'BLPOP a 0',
    'CLIENT REPLY SKIP',
    ' ',
  ),
  fc.constantFrom(
    '$3\r\nGET\r\n',
    '$1\r\na\r\n',
    '$4\r\nPING\r\n',
    '$6\r\nCLIENT\r\n',
    '*0\r\n',
    '*2147483647\r\n',
  ),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);
const garbage = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

test('random bytes at the door: errors, closed sockets, and a server that goes on', async () => {
  const redis = createMemoryRedis();
  const errors: unknown[] = [];
  const server = await startServer(redis, { onError: (error) => errors.push(error) });
  const port = server.port as number;
  const steady = new RawClient({ port });
  try {
    await fc.assert(
      fc.asyncProperty(garbage, async (bytes) => {
        const client = new RawClient({ port });
        client.socket.write(bytes, 'latin1');
        client.socket.end();
        await client.end();
        expect(await steady.ask('PING')).toBe('+PONG\r\n');
      }),
      { numRuns: runs, seed: 20260101 },
    );
    expect(errors).toEqual([]);
    while (redis.inspect().connections > 1) await steady.ask('PING');
    expect(redis.inspect().blocked).toBe(0);
  } finally {
    steady.close();
    await server.close();
    redis.close();
  }
});

const noLimits = { argumentBytes: () => 1000, requestBytes: 5000, unauthenticated: () => false };

/** All that a parser makes of these chunks: commands, then what went wrong. */
function parsed(chunks: readonly string[]): unknown[] {
  const parser = new RequestParser(noLimits);
  const found: unknown[] = [];
  try {
    for (const chunk of chunks) {
      parser.feed(Buffer.from(chunk, 'latin1'));
      for (let args = parser.next(); args !== undefined; args = parser.next()) found.push(args);
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    found.push(error.message);
  }
  return found;
}

test('how the bytes are cut into chunks does not matter', () => {
  fc.assert(
    fc.property(garbage, fc.array(fc.nat(20), { maxLength: 30 }), (bytes, cuts) => {
      const chunks: string[] = [];
      let at = 0;
      for (const cut of cuts) {
        chunks.push(bytes.slice(at, at + cut));
        at += cut;
      }
      chunks.push(bytes.slice(at));
      expect(parsed(chunks.filter((chunk) => chunk !== ''))).toEqual(parsed(bytes === '' ? [] : [bytes]));
    }),
    { numRuns: runs * 5, seed: 20260101 },
  );
});

test('a request has a bound, also one of many small arguments', () => {
  const many = `*1000\r\n${'$0\r\n\r\n'.repeat(1000)}`;
  expect(parsed([many])).toEqual(['too big request']);
  expect(parsed(['*1\r\n$1001\r\n'])).toEqual(['invalid bulk length']);
  // A planted bug, a parser without bounds, would have taken it.
  const parser = new RequestParser({ ...noLimits, requestBytes: Number.POSITIVE_INFINITY });
  parser.feed(Buffer.from(many));
  expect(parser.next()).toHaveLength(1000);
});
