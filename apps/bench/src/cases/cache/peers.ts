import type { BenchServer } from '../../bench-server.js';
import type { Peers } from '../../peers.js';

/** A cache as the cases use it, ours or another's. */
export interface BenchCache {
  readonly name: string;
  readonly guarantees: string;
  /** From the cache, or what `load` gives. */
  getOrSet(key: string, load: () => Promise<unknown>): Promise<unknown>;
  remove(key: string): Promise<unknown>;
  close(): Promise<void>;
}

/** What a cache is opened with. */
export interface CacheSite {
  readonly peers: Peers;
  readonly server: Pick<BenchServer, 'url' | 'port'>;
}

/** Opens one instance of a cache on a server. */
export type OpenCache = (site: CacheSite) => Promise<BenchCache>;

/* biome-ignore-start lint/suspicious/noExplicitAny: the peers' types are not installed in the workspace. */
type Any = any;

// They share a server: those that put nothing before a key of their own accord get something of ours.

const perInstance = 'two tiers; loads once an instance, late loads overwrite invalidations';

export const bentocache: OpenCache = async ({ peers, server }) => {
  const { BentoCache, bentostore } = await peers.load<Any>('bentocache');
  const { redisDriver, redisBusDriver } = await peers.load<Any>('bentocache/drivers/redis');
  const { memoryDriver } = await peers.load<Any>('bentocache/drivers/memory');
  const connection = { host: '127.0.0.1', port: server.port };
  const store = bentostore()
    .useL1Layer(memoryDriver({ maxItems: 10_000 }))
    .useL2Layer(redisDriver({ connection }))
    .useBus(redisBusDriver({ connection }));
  const cache = new BentoCache({ default: 'bench', stores: { bench: store } });
  return {
    name: `bentocache ${peers.version('bentocache')}`,
    guarantees: perInstance,
    getOrSet: (key, load) => cache.getOrSet({ key, ttl: '1h', factory: load }),
    remove: (key) => cache.delete({ key }),
    close: () => cache.disconnectAll(),
  };
};

export const cacheable: OpenCache = async ({ peers, server }) => {
  const { Cacheable } = await peers.load<Any>('cacheable');
  const { createKeyv } = await peers.load<Any>('@keyv/redis');
  const cache = new Cacheable({ secondary: createKeyv(server.url), ttl: '1h' });
  return {
    name: `cacheable ${peers.version('cacheable')}`,
    guarantees: `${perInstance}; other instances keep theirs`,
    getOrSet: (key, load) => cache.getOrSet(`cacheable:${key}`, load, { ttl: '1h' }),
    remove: (key) => cache.delete(`cacheable:${key}`),
    close: () => cache.disconnect(),
  };
};

export const cacheManager: OpenCache = async ({ peers, server }) => {
  const { createCache } = await peers.load<Any>('cache-manager');
  const { createKeyv } = await peers.load<Any>('@keyv/redis');
  const cache = createCache({ stores: [createKeyv(server.url)] });
  return {
    name: `cache-manager ${peers.version('cache-manager')}`,
    guarantees: 'Redis alone; loads once an instance, late loads overwrite invalidations',
    getOrSet: (key, load) => cache.wrap(`manager:${key}`, load, 3_600_000),
    remove: (key) => cache.del(`manager:${key}`),
    close: () => cache.disconnect(),
  };
};

export const layeredLoader: OpenCache = async ({ peers, server }) => {
  const { Loader, RedisCache, createNotificationPair } = await peers.load<Any>('layered-loader');
  const { Redis } = await peers.load<Any>('ioredis');
  const redis = new Redis(server.url);
  const pair = createNotificationPair({
    channel: 'bench-loader',
    consumerRedis: { host: '127.0.0.1', port: server.port },
    publisherRedis: { host: '127.0.0.1', port: server.port },
  });
  const loads = new Map<string, () => Promise<unknown>>();
  const cache = new Loader({
    inMemoryCache: { cacheType: 'lru-map', ttlInMsecs: 3_600_000, maxItems: 10_000 },
    asyncCache: new RedisCache(redis, { json: true, ttlInMsecs: 3_600_000 }),
    notificationConsumer: pair.consumer ?? pair.notificationConsumer,
    notificationPublisher: pair.publisher ?? pair.notificationPublisher,
    dataSourceGetOneFn: (key: string) => loads.get(key)?.(),
  });
  await cache.init();
  return {
    name: `layered-loader ${peers.version('layered-loader')}`,
    guarantees: 'two tiers; loads once an instance, the own tier is fenced',
    getOrSet(key, load) {
      loads.set(key, load);
      return cache.get(key);
    },
    remove: (key) => cache.invalidateCacheFor(key),
    async close() {
      await cache.close?.();
      redis.disconnect();
    },
  };
};

export const asyncCacheDedupe: OpenCache = async ({ peers, server }) => {
  const { createCache } = await peers.load<Any>('async-cache-dedupe');
  const { Redis } = await peers.load<Any>('ioredis');
  const client = new Redis(server.url);
  const storage = { type: 'redis', options: { client, invalidation: { referencesTTL: 3600 } } };
  const cache = createCache({ ttl: 3600, storage });
  const loads = new Map<string, () => Promise<unknown>>();
  cache.define('read', { references: (_args: unknown, key: string) => [key] }, (key: string) =>
    loads.get(key)?.(),
  );
  return {
    name: `async-cache-dedupe ${peers.version('async-cache-dedupe')}`,
    guarantees: 'Redis alone; loads once an instance, late loads overwrite invalidations',
    getOrSet(key, load) {
      loads.set(key, load);
      return cache.read(key);
    },
    remove: (key) => cache.clear('read', key),
    close: async () => client.disconnect(),
  };
};

export const cachified: OpenCache = async ({ peers, server }) => {
  const { cachified: run } = (await peers.load<Any>('@epic-web/cachified')).default;
  const { Redis } = await peers.load<Any>('ioredis');
  const client = new Redis(server.url);
  const cache = {
    name: 'bench',
    get: async (key: string) => JSON.parse((await client.get(key)) ?? 'null'),
    set: (key: string, value: unknown) => client.set(key, JSON.stringify(value), 'PX', 3_600_000),
    delete: (key: string) => client.del(key),
  };
  return {
    name: `cachified ${peers.version('@epic-web/cachified')}`,
    guarantees: 'Redis alone through an adapter; loads once an instance, late loads overwrite invalidations',
    getOrSet: (key, load) => run({ key: `cachified:${key}`, cache, ttl: 3_600_000, getFreshValue: load }),
    remove: (key) => client.del(`cachified:${key}`),
    close: async () => client.disconnect(),
  };
};
/* biome-ignore-end lint/suspicious/noExplicitAny: the peers' types are not installed in the workspace. */
