import * as redis6 from 'redis';
import * as redis5 from 'redis5';
import { describe, expect, it } from 'vitest';
import { createNodeRedisDriver, type NodeRedisClient } from '../src/index.js';
import { majors } from './majors.js';

const sentinels = { name: 'main', sentinelRootNodes: [{ host: '127.0.0.1', port: 1 }] };
const rootNodes = [{ url: 'redis://127.0.0.1:1' }];

describe.each(majors)('what a driver refuses (redis $major)', ({ redis }) => {
  it.each([
    ['keyPrefix', { keyPrefix: 'app:' }],
    ['legacyMode', { legacyMode: true }],
    ['readonly', { readonly: true }],
  ])('names the option %s', (name, options: object) => {
    expect(() => createNodeRedisDriver(redis.createClient(options))).toThrow(name);
    expect(() => createNodeRedisDriver(redis.createCluster({ rootNodes, defaults: options }))).toThrow(name);
  });

  it('names keyPrefix of a cluster', () => {
    const client = redis.createCluster({ rootNodes, ...{ keyPrefix: 'app:' } });
    expect(() => createNodeRedisDriver(client)).toThrow('keyPrefix');
  });

  it('names what the client is, when it is something else', () => {
    const pool = redis.createClientPool() as unknown as NodeRedisClient;
    expect(() => createNodeRedisDriver(pool)).toThrow('createClientPool');
    const legacy = redis.createClient().legacy() as unknown as NodeRedisClient;
    expect(() => createNodeRedisDriver(legacy)).toThrow('legacy()');
    expect(() => createNodeRedisDriver({} as NodeRedisClient)).toThrow('createClient or createCluster');
    expect(() => createNodeRedisDriver(null as unknown as NodeRedisClient)).toThrow('null');
  });

  it('connects to nothing before the first call, not even to refuse the driver’s options', () => {
    const client = redis.createClient({ socket: { host: '127.0.0.1', port: 1 } });
    expect(() => createNodeRedisDriver(client, { deadlineMs: 0 })).toThrow('deadlineMs');
  });

  it('takes clients with modules, scripts and type mappings of their own', () => {
    const client = redis.createClient({ scripts: {}, functions: {}, modules: {}, RESP: 2 });
    expect(createNodeRedisDriver(client).topology).toBe('single');
    expect(createNodeRedisDriver(client.withTypeMapping({})).topology).toBe('single');
    expect(createNodeRedisDriver(redis.createCluster({ rootNodes })).topology).toBe('cluster');
  });
});

it('has a type that clients of the older major fit as they are', () => {
  expect(createNodeRedisDriver(redis5.createClient()).topology).toBe('single');
  expect(createNodeRedisDriver(redis5.createCluster({ rootNodes })).topology).toBe('cluster');
});

it('takes a sentinel client of redis 6, and names its keyPrefix', () => {
  const { createSentinel } = redis6;
  expect(createNodeRedisDriver(createSentinel(sentinels)).topology).toBe('sentinel');
  expect(() => createNodeRedisDriver(createSentinel({ ...sentinels, keyPrefix: 'app:' }))).toThrow(
    'keyPrefix',
  );
});

it('says why it does not take a cluster client of redis before 5.1.1, which hides its options', () => {
  const cluster = redis5.createCluster({ rootNodes });
  const older = new Proxy(cluster, {
    get: (target, name) => (name === '_options' ? undefined : Reflect.get(target, name)),
  });
  expect(() => createNodeRedisDriver(older)).toThrow('createCluster of redis before 5.1.1');
});

it('says why it does not take a sentinel client of redis 5', () => {
  const client = redis5.createSentinel(sentinels) as unknown as NodeRedisClient;
  expect(() => createNodeRedisDriver(client)).toThrow('cannot be duplicated');
});
