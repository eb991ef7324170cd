import type { BenchCase, BenchContext, Contestant } from '../../case.js';
import { untimedClient } from '../untimed-client.js';
import { libraries } from './libraries.js';
import { openOurs, promises } from './ours.js';
import type { BenchCache, OpenCache } from './peers.js';

const keyCount = 64;
const keys = Array.from({ length: keyCount }, (_, i) => `product-${1000 + i}`);
const keyOf = (turn: number): string => keys[turn % keyCount] as string;
const product = { id: 1000, name: 'A knife with a good many blades', cents: 4900, tags: ['steel', 'red'] };
const load = async (): Promise<unknown> => product;
const loop = 1000;

async function filled(open: OpenCache, context: BenchContext): Promise<BenchCache> {
  const cache = await open(context);
  for (const key of keys) await cache.getOrSet(key, load);
  return cache;
}

/** A thousand awaited hits are one run: the harness costs more than a hit. */
function awaited({ name, guarantees, getOrSet, close }: BenchCache): Contestant {
  return {
    name,
    guarantees,
    operations: loop,
    async run() {
      for (let i = 0; i < loop; i++) await getOrSet(keyOf(i), load);
    },
    close,
  };
}

async function localContestants(context: BenchContext): Promise<readonly Contestant[]> {
  const ours = openOurs(context.server.url, 'ioredis');
  for (const key of keys) await ours.cache.getOrSet(key, load);
  const { LRUCache } = await context.peers.load<{
    LRUCache: new (options: {
      max: number;
    }) => { set(key: string, value: unknown): void; get(key: string): unknown };
  }>('lru-cache');
  const floor = new LRUCache({ max: 10_000 });
  for (const key of keys) floor.set(key, product);
  const peers = context.peers.fit(['layered-loader', 'bentocache', 'cacheable']);
  let sum = 0;
  const contestants: readonly Contestant[] = [
    {
      name: 'penknife peek (no promise)',
      guarantees: promises,
      operations: loop,
      async run() {
        for (let i = 0; i < loop; i++) if (ours.cache.peek(keyOf(i)) !== undefined) sum++;
      },
      facts: () => `${sum} hits`,
      close: async () => undefined,
    },
    awaited({
      name: 'penknife getOrSet (awaited)',
      guarantees: promises,
      getOrSet: (key, loader) => ours.cache.getOrSet(key, loader),
      remove: (key) => ours.cache.remove(key),
      close: ours.close,
    }),
    {
      name: `lru-cache ${context.peers.version('lru-cache')}`,
      guarantees: 'one process',
      operations: loop,
      async run() {
        for (let i = 0; i < loop; i++) if (floor.get(keyOf(i)) !== undefined) sum++;
      },
      close: async () => undefined,
    },
    ...(await Promise.all(peers.map(async (peer) => awaited(await filled(libraries[peer], context))))),
  ];
  // What their connections carry meanwhile has nothing to do with the hits.
  return contestants.map((one) => ({ ...one, speaks: () => 'in this process' }));
}

async function redisContestants(
  context: BenchContext,
  client: 'node-redis' | 'ioredis',
): Promise<readonly Contestant[]> {
  const { url } = context.server;
  const tags = ['steel', 'red', 'shop:1', 'eu', 'sale'];
  const ours = openOurs(url, client, { local: false });
  const tagged = openOurs(url, client, { local: false, name: 'tagged' });
  for (const key of keys) {
    await ours.cache.getOrSet(key, load);
    await tagged.cache.getOrSet(key, load, { tags });
  }
  const declared = { tags };
  const raw = await untimedClient(url);
  for (const key of keys) await raw.sendCommand(['SET', `raw:${key}`, JSON.stringify(product)]);
  const peers = await Promise.all(
    [libraries['cache-manager'], libraries['async-cache-dedupe'], libraries.cachified].map(async (open) =>
      filled(open, context),
    ),
  );
  return [
    {
      name: `penknife on ${client}`,
      guarantees: promises,
      run: (turn) => ours.cache.getOrSet(keyOf(turn), load),
      close: ours.close,
    },
    {
      name: `penknife on ${client}, 5 tags`,
      guarantees: promises,
      run: (turn) => tagged.cache.getOrSet(keyOf(turn), load, declared),
      close: tagged.close,
    },
    {
      name: 'node-redis, timer off: GET + parse',
      guarantees: 'none: the floor',
      run: async (turn) => JSON.parse(String(await raw.sendCommand(['GET', `raw:${keyOf(turn)}`]))),
      close: async () => raw.destroy(),
    },
    ...peers.map(
      ({ name, guarantees, getOrSet, close }): Contestant => ({
        name,
        guarantees,
        run: (turn) => getOrSet(keyOf(turn), load),
        close,
      }),
    ),
  ];
}

async function batchContestants({ server, peers }: BenchContext): Promise<readonly Contestant[]> {
  const hundred = Array.from({ length: 100 }, (_, i) => `item-${1000 + i}`);
  const ours = openOurs(server.url, 'node-redis', { local: false });
  await ours.cache.setMany(hundred.map((key) => [key, product] as const));
  const raw = await untimedClient(server.url);
  for (const key of hundred) await raw.sendCommand(['SET', `raw:${key}`, JSON.stringify(product)]);
  const rawKeys = hundred.map((key) => `raw:${key}`);
  const manager = await cacheManagerMany(server.url, peers);
  await manager.mset(hundred.map((key) => ({ key, value: product })));
  return [
    {
      name: 'penknife getMany',
      guarantees: promises,
      run: () => ours.cache.getMany(hundred),
      close: ours.close,
    },
    {
      name: 'node-redis, timer off: MGET + parse',
      guarantees: 'none: the floor',
      run: async () =>
        ((await raw.sendCommand(['MGET', ...rawKeys])) as unknown[]).map((each) => JSON.parse(String(each))),
      close: async () => raw.destroy(),
    },
    {
      name: `cache-manager ${peers.version('cache-manager')} mget`,
      guarantees: 'Redis alone',
      run: () => manager.mget(hundred),
      close: () => manager.disconnect(),
    },
  ];
}

interface ManyCache {
  mset(entries: readonly { readonly key: string; readonly value: unknown }[]): Promise<unknown>;
  mget(keys: readonly string[]): Promise<unknown>;
  disconnect(): Promise<void>;
}

async function cacheManagerMany(url: string, peers: BenchContext['peers']): Promise<ManyCache> {
  const { createCache } = await peers.load<{ createCache(options: object): ManyCache }>('cache-manager');
  const { createKeyv } = await peers.load<{ createKeyv(url: string): object }>('@keyv/redis');
  return createCache({ stores: [createKeyv(url)] });
}

/** What hits cost, tier by tier. */
export const hitCases: readonly BenchCase[] = [
  {
    name: 'cache/local-hit',
    question: 'What does a hit in the process cost, without a promise and awaited?',
    inFlight: [1],
    usesServer: false,
    prepare: localContestants,
  },
  {
    name: 'cache/redis-hit-node-redis',
    question: 'What does a hit in Redis cost beside the client’s own GET, on node-redis?',
    inFlight: [1, 64],
    prepare: (context) => redisContestants(context, 'node-redis'),
  },
  {
    name: 'cache/redis-hit-ioredis',
    question: 'What does a hit in Redis cost on ioredis, beside node-redis’s own GET?',
    inFlight: [1, 64],
    prepare: (context) => redisContestants(context, 'ioredis'),
  },
  {
    name: 'cache/batch-100',
    question: 'What do a hundred hits in Redis at once cost?',
    inFlight: [1],
    prepare: batchContestants,
  },
];
