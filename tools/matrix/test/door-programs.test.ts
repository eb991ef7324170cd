import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createMemoryRedis } from '@penknife/driver-memory';
import { type MemoryServer, startServer } from '@penknife/driver-memory/server';
import { findBinary, requireServers, type ServerBinary } from '@penknife/redis-servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const here = await requireServers({ flavour: 'redis-7.0' });

/** How a program that comes with the server is called: as the server, by another name beside it. */
function beside(binary: ServerBinary, program: string): readonly [string, ...string[]] {
  return binary.command.map((word) => word.replace(/redis-server$/, program)) as [string, ...string[]];
}

describe.skipIf(!here)("Redis' own programs talk to the door", () => {
  const redis = createMemoryRedis();
  let server: MemoryServer;
  let binary: ServerBinary;
  beforeAll(async () => {
    [server, binary] = await Promise.all([startServer(redis), findBinary({ flavour: 'redis-7.0' })]);
  });
  afterAll(async () => {
    await server.close();
    redis.close();
  });

  async function call(program: string, ...args: readonly string[]): Promise<string> {
    const [file, ...first] = beside(binary, program);
    const { stdout } = await run(file, [...first, '-p', String(server.port), ...args]);
    return stdout;
  }

  it('redis-cli, on RESP2 and RESP3', async () => {
    expect(await call('redis-cli', 'SET', 'greeting', 'hello')).toBe('OK\n');
    expect(await call('redis-cli', '-3', 'GET', 'greeting')).toBe('hello\n');
    expect(await call('redis-cli', 'RPUSH', 'list', 'a', 'b')).toBe('2\n');
    expect(await call('redis-cli', '--json', 'LRANGE', 'list', '0', '-1')).toBe('["a","b"]\n');
    expect(await call('redis-cli', '--scan')).toMatch(/^(?:greeting\nlist|list\ngreeting)\n$/);
    expect(await call('redis-cli', 'INFO', 'server')).toContain('redis_version:7.0.15');
  });

  it('redis-benchmark, with pipelining', async () => {
    const before = redis.inspect().commands.set ?? 0;
    const report = await call(
      'redis-benchmark',
      '-n',
      '2000',
      '-P',
      '16',
      '-c',
      '10',
      '-q',
      '-t',
      'set,get,lpush,zadd',
    );
    expect(report.match(/requests per second/g)).toHaveLength(4);
    // Clients that are under way when the last request is counted may send some more.
    expect((redis.inspect().commands.set as number) - before).toBeGreaterThanOrEqual(2000);
  });
});
