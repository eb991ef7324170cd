import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.js';

describe('readConfig', () => {
  it('runs on memory, on port 3000, unless told otherwise', () => {
    expect(readConfig({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      instances: 2,
      workers: 0,
      backend: { kind: 'memory' },
    });
  });

  it('takes a server or a cluster, and the client', () => {
    expect(readConfig({ REDIS_URL: 'redis://h:1', PENKNIFE_CLIENT: 'ioredis' }).backend).toEqual({
      kind: 'server',
      client: 'ioredis',
      url: 'redis://h:1',
    });
    expect(readConfig({ REDIS_CLUSTER: 'a:1, b:2' }).backend).toEqual({
      kind: 'cluster',
      client: 'node-redis',
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
    });
  });

  it('has a worker beside a server, and none on memory, which it would not see', () => {
    expect(readConfig({ REDIS_URL: 'redis://h:1' }).workers).toBe(1);
    expect(readConfig({ REDIS_URL: 'redis://h:1', ARENA_WORKERS: '0' }).workers).toBe(0);
    expect(() => readConfig({ ARENA_WORKERS: '1' })).toThrow('ARENA_WORKERS');
  });

  it('refuses what it cannot use, by the variable’s name', () => {
    expect(() => readConfig({ PORT: 'x' })).toThrow('PORT must hold a port');
    expect(() => readConfig({ ARENA_INSTANCES: '0' })).toThrow('ARENA_INSTANCES must be');
    expect(() => readConfig({ PENKNIFE_CLIENT: 'jedis' })).toThrow('PENKNIFE_CLIENT must be');
    expect(() => readConfig({ REDIS_URL: 'http://x' })).toThrow('REDIS_URL must start with');
    expect(() => readConfig({ REDIS_CLUSTER: ':6379' })).toThrow('REDIS_CLUSTER must read');
  });
});
