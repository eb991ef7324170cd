import { countingDriver } from '@penknife/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { fastifyRouteCache } from '../src/fastify.js';
import { honoRouteCache } from '../src/hono.js';
import { type Cache, createCache, type WriteLog } from '../src/index.js';
import { keyvStore } from '../src/keyv.js';
import { nextCacheHandler, nextUseCacheHandler } from '../src/next.js';
import { createStage } from './stage.js';

const stage = createStage();
const { driver, sent } = countingDriver(stage.redis.driver());
const cache = stage.cache<unknown>({}, driver);
const log: WriteLog = { append: async () => ({ id: '1-0' }), consume: () => undefined };
const behind = cache.writeBehind(log);
afterAll(() => stage.close());

/** As somebody calls it whom no types tell. */
type Untyped = (...args: unknown[]) => unknown;
const untyped = (name: keyof Cache): Untyped => (cache[name] as Untyped).bind(cache);
const load = (): number => 1;
const save = async (): Promise<void> => undefined;
const wrongKeys = [undefined, null, 7, '', {}, ['a']];
const wrongOptions = [null, 7, 'x', { signal: 1 }, { signal: null }];
const wrongCalls = [...wrongOptions, { deadlineMs: 0 }, { deadlineMs: '5s' }, { deadlineMs: Number.NaN }];
const wrongTags = ['t', [''], [7], [null], null].map((tags) => ({ tags: tags ?? 7 }));
const wrongTimes = [{ ttlMs: 0 }, { ttlMs: '5s' }, { staleIfErrorMs: -1 }, { ttlMs: Number.NaN }];

/** What is called, and with which arguments: each is wrong. */
const calls: readonly (readonly [name: string, call: Untyped, wrong: readonly (readonly unknown[])[]])[] = [
  [
    'getOrSet',
    untyped('getOrSet'),
    [
      ...wrongKeys.map((key) => [key, load]),
      ...[undefined, null, 7, {}].map((loader) => ['k', loader]),
      ...[...wrongOptions, ...wrongTags, ...wrongTimes].map((options) => ['k', load, options]),
      ...[{ softTimeoutMs: -1 }, { hardTimeoutMs: 0 }].map((options) => ['k', load, options]),
    ],
  ],
  [
    'getOrSetMany',
    untyped('getOrSetMany'),
    [
      ...[undefined, null, 7, 'ab', new Set(['a'])].map((keys) => [keys, load]),
      ...wrongKeys.map((key) => [['k', key], load]),
      ...[undefined, null, 7].map((loader) => [['k'], loader]),
      ...[...wrongOptions, ...wrongTags, ...wrongTimes].map((options) => [['k'], load, options]),
    ],
  ],
  [
    'merged',
    untyped('merged'),
    [[undefined], [null], [7], ...[...wrongOptions, ...wrongTags].map((options) => [load, options])],
  ],
  ['what merged gives', cache.merged(() => []) as Untyped, wrongKeys.map((key) => [key])],
  ['readThrough', untyped('readThrough'), [[undefined], [7], ...wrongOptions.map((each) => [load, each])]],
  ['what readThrough gives', cache.readThrough(load) as Untyped, wrongKeys.map((key) => [key])],
  ['wrap', untyped('wrap'), [[undefined], [7, String], [load, undefined], [load, 'k'], [load, String, null]]],
  ['what wrap gives', cache.wrap(load, () => 7 as never) as Untyped, [[]]],
  ['what wrap gives, with tags', cache.wrap(load, () => 'k', { tags: () => 't' as never }) as Untyped, [[]]],
  [
    'get',
    untyped('get'),
    [...wrongKeys.map((key) => [key]), ...[...wrongCalls, ...wrongTags].map((options) => ['k', options])],
  ],
  [
    'read',
    untyped('read'),
    [...wrongKeys.map((key) => [key]), ...[...wrongCalls, ...wrongTags].map((options) => ['k', options])],
  ],
  [
    'getMany',
    untyped('getMany'),
    [
      ...[undefined, null, 7, 'ab'].map((keys) => [keys]),
      ...wrongKeys.map((key) => [['k', key]]),
      ...[...wrongCalls, ...wrongTags].map((options) => [['k'], options]),
      [Array.from({ length: 10_001 }, (_, i) => `k${i}`)],
    ],
  ],
  [
    'set',
    untyped('set'),
    [
      ...wrongKeys.map((key) => [key, 1]),
      ['k', undefined],
      ...[...wrongCalls, ...wrongTags, ...wrongTimes].map((options) => ['k', 1, options]),
    ],
  ],
  [
    'setMany',
    untyped('setMany'),
    [
      ...[undefined, null, 7, 'ab', [7], [['a']], [null]].map((entries) => [entries]),
      ...wrongKeys.map((key) => [[[key, 1]]]),
      [[['k', undefined]]],
      ...[...wrongCalls, ...wrongTags, ...wrongTimes].map((options) => [[['k', 1]], options]),
    ],
  ],
  [
    'writeThrough',
    untyped('writeThrough'),
    [
      ...wrongKeys.map((key) => [key, 1, save]),
      ['k', undefined, save],
      ['k', 1, undefined],
      ...[...wrongCalls, ...wrongTags, ...wrongTimes].map((options) => ['k', 1, save, options]),
    ],
  ],
  ['writeBehind', untyped('writeBehind'), [[undefined], [null], [7], [{}], [{ append: save }]]],
  [
    'what writeBehind gives',
    behind.write as Untyped,
    [
      ...wrongKeys.map((key) => [key, 1]),
      ['k', undefined],
      ...[...wrongCalls, ...wrongTimes].map((options) => ['k', 1, options]),
    ],
  ],
  [
    'what writeBehind gives, store',
    behind.store as Untyped,
    [
      ['g', undefined],
      ['g', 7],
    ],
  ],
  [
    'what writeBehind gives, discard',
    behind.discard as Untyped,
    [...wrongKeys.map((key) => [key]), ...wrongCalls.map((call) => ['k', call])],
  ],
  [
    'invalidate',
    untyped('invalidate'),
    [
      ...[undefined, null, 7, 'k', {}, { key: 'k' }].map((what) => [what]),
      ...[{ keys: 'k' }, { keys: null }, { keys: [7] }, { tags: 't' }, { tags: null }, { tags: [''] }].map(
        (what) => [what],
      ),
      ...[{ all: 'yes' }, { all: false }, { all: true, act: 'forget' }].map((what) => [what]),
      ...[...wrongCalls, { everywhere: 7 }].map((call) => [{ all: true }, call]),
    ],
  ],
  ...(['expire', 'remove'] as const).map(
    (act) =>
      [
        act,
        untyped(act),
        [...wrongKeys.map((key) => [key]), ...wrongCalls.map((call) => ['k', call])],
      ] as const,
  ),
  ...(['expireTags', 'removeTags'] as const).map(
    (act) =>
      [
        act,
        untyped(act),
        [...[undefined, null, 't', [7]].map((tags) => [tags]), ...wrongCalls.map((call) => [['t'], call])],
      ] as const,
  ),
  ...(['clear', 'expireAll'] as const).map(
    (act) => [act, untyped(act), wrongCalls.map((call) => [call])] as const,
  ),
  [
    'explain',
    untyped('explain'),
    [...wrongKeys.map((key) => [key]), ...wrongCalls.map((call) => ['k', call])],
  ],
  [
    'createCache',
    createCache as Untyped,
    [
      ...[undefined, null, 7, {}].map((driver) => [driver, { ttlMs: 1000 }]),
      ...[undefined, null, 7, 'x', {}].map((options) => [driver, options]),
      ...[
        { leaseMs: '10s' },
        { local: 'x' },
        { local: null },
        { local: { maxBytes: 0 } },
        { codec: {} },
        { codec: null },
        { schema: null },
        { schema: '' },
        { codec: { id: 'ab', encode: load, decode: load } },
        { schema: {} },
        { schema: { '~standard': {} } },
        { compression: 'gzip' },
        { compression: { id: 'a' } },
        { compression: { id: 'Q' } },
        { transport: 'carrier pigeon' },
        { logLength: 0 },
        { deadlineMs: 0 },
        { l1LeaseMs: '1s' },
        { maxErrorTtlMs: 1 },
      ].map((options) => [driver, { ttlMs: 1000, ...options }]),
    ],
  ],
  ['keyvStore', keyvStore as Untyped, [[undefined], [null], [{}]]],
  ['nextUseCacheHandler', nextUseCacheHandler as Untyped, [[undefined], [null], [{}]]],
  ['nextCacheHandler', nextCacheHandler as Untyped, [[undefined], [{}], [cache], [cache, {}]]],
  ...(
    [
      ['honoRouteCache', honoRouteCache],
      ['fastifyRouteCache', fastifyRouteCache],
    ] as const
  ).map(
    ([name, make]) =>
      [
        name,
        make as Untyped,
        [
          [undefined],
          [null],
          [{}],
          [{ cache: {} }],
          [{ cache, key: 'k' }],
          [{ cache, tags: ['t'] }],
          [{ cache, vary: 'accept' }],
        ],
      ] as const,
  ),
];

describe('what is wrong is refused by name and rule, before anything is sent', () => {
  it.each(calls)('%s', async (_name, call, wrong) => {
    for (const args of wrong) {
      const before = sent();
      const outcome = await new Promise((resolve) => resolve(call(...args))).then(
        (value) => ({ value }),
        (error: unknown) => error,
      );
      expect(outcome, JSON.stringify(args)).toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect((outcome as Error).message, JSON.stringify(args)).toMatch(/ must .*; given: /);
      expect(sent(), `sent for ${JSON.stringify(args)}`).toBe(before);
    }
  });

  it('a local hit refuses what a miss would, and whoever has given up', async () => {
    await cache.getOrSet('hit', load);
    expect(cache.peek('hit')).toBe(1);
    const { signal } = new AbortController();
    const gone = AbortSignal.abort();
    const wrong: readonly (() => Promise<unknown>)[] = [
      () => cache.getOrSet('hit', undefined as never),
      () => cache.getOrSet('hit', load, { ttlMs: -5 }),
      () => cache.get('hit', 7 as never),
      () => cache.get('hit', { tags: 7 as never }),
    ];
    for (const call of wrong) await expect(call()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const left: readonly (() => Promise<unknown>)[] = [
      () => cache.getOrSet('hit', load, { signal: gone }),
      () => cache.get('hit', { signal: gone }),
      () => cache.getMany(['hit'], { signal: gone }),
      () => cache.getOrSetMany(['hit'], () => [], { signal: gone }),
    ];
    for (const call of left) await expect(call()).rejects.toMatchObject({ code: 'ABORTED', sent: 'no' });
    expect(await cache.getOrSet('hit', load, { signal })).toBe(1);
  });

  it('peek has nothing for what can be no key', () => {
    for (const key of wrongKeys) expect(cache.peek(key as never)).toBeUndefined();
  });

  it('one bad key in a turn is its own caller’s alone', async () => {
    const one = cache.merged<string>(({ keys }) => keys.map((key) => [key, key] as const));
    const outcomes = await Promise.allSettled([one('a'), one(7 as never), one('b')]);
    expect(outcomes).toMatchObject([
      { value: 'a' },
      { reason: { code: 'INVALID_ARGUMENT', argument: 'key' } },
      { value: 'b' },
    ]);
  });

  it('what a loader says or gives that breaks a rule is its failure, by name', async () => {
    const wrong: [string, (context: never) => unknown][] = [
      ['freshness', ({ keepFor }: { keepFor: Untyped }) => keepFor(null)],
      ['ttlMs', ({ keepFor }: { keepFor: Untyped }) => keepFor({ ttlMs: -1 })],
      ['tag', ({ tag }: { tag: Untyped }) => tag(7)],
    ];
    for (const [argument, loader] of wrong)
      await expect(cache.getOrSet(`said ${argument}`, loader as never)).rejects.toMatchObject({ argument });
    const bulk: [string, (context: never) => unknown][] = [
      ['what the loader gave', () => 7],
      ['what the loader gave', () => [7]],
      ['key', ({ value }: { value: Untyped }) => value('another')],
      ['key', ({ fail }: { fail: Untyped }) => fail('another', new Error('no'))],
    ];
    for (const [i, [argument, loader]] of bulk.entries()) {
      const { failures } = await cache.getOrSetMany([`bulk ${i}`], loader as never);
      expect([...failures.values()]).toMatchObject([{ code: 'INVALID_ARGUMENT', argument }]);
    }
  });
});
