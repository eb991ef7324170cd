import { randomBytes } from 'node:crypto';
import { brotliCompressSync } from 'node:zlib';
import type { StandardSchema } from '@penknife/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createValueCodec, type ValueCodecOptions } from '../src/codec/value-codec.js';
import { brotliCompressor, type Compressor, cacheKeys, zstdCompressor } from '../src/index.js';
import { createStage, type Stage } from './stage.js';

const plain: ValueCodecOptions = {
  codec: undefined,
  maxValueBytes: 100_000,
  compressor: brotliCompressor,
  compressAboveBytes: 100,
  schema: undefined,
};
const text = 'the same again and '.repeat(500);

/** Accepts numbers alone. */
const numbers: StandardSchema<unknown, number> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => (typeof value === 'number' ? { value } : { issues: [{ message: 'not a number' }] }),
  },
};

describe('compression', () => {
  const compressors: readonly (readonly [string, Compressor | undefined])[] = [
    ['brotli', brotliCompressor],
    ['zstd', zstdCompressor],
  ];
  for (const [name, compressor] of compressors) {
    it.skipIf(compressor === undefined)(
      `${name} makes large values smaller, leaves small ones, and every process reads both${compressor ? '' : ' (skipped: this Node has no zstd)'}`,
      () => {
        const codec = createValueCodec({ ...plain, compressor });
        const stored = codec.encode({ text });
        expect(stored.byteLength).toBeLessThan(text.length / 20);
        const reader = createValueCodec({ ...plain, compressor: undefined });
        for (const value of [
          { text },
          { text: 'short' },
          new Map([[text, new Date(3)]]),
          new Uint8Array(5000),
        ])
          expect(reader.decode(codec.encode(value))?.value).toEqual(value);
        expect(codec.encode('x'.repeat(50)).byteLength).toBe(55);
      },
    );
  }

  it('trap 16: the local tier counts what a value takes there, not what it takes compressed', async () => {
    const stage = createStage();
    const options = { local: { maxBytes: 50_000 }, maxValueBytes: 100_000, compressAboveBytes: 100 };
    const caches = [stage.cache<string>(options), stage.cache<string>(options)];
    for (const [i, cache] of caches.entries()) {
      for (let key = 0; key < 20; key++) {
        await cache.getOrSet(`k${key}`, () => text);
        expect((await cache.explain(`k${key}`)).redis?.bytes).toBeLessThan(1000);
      }
      const { entries, bytes, evictions } = cache.stats().local;
      // The first has loaded them, the second has read them.
      expect([entries, evictions], `cache ${i}`).toEqual([5, 15]);
      expect(bytes).toBeGreaterThan(5 * text.length);
    }
    await stage.close();
  });

  it('a value without a codec of its own may be nested as deep as JSON allows', async () => {
    const stage = createStage();
    const cache = stage.cache<unknown>();
    const key = cacheKeys.in('pk').entry(['default', 'deep']);
    await cache.set('deep', [1]);
    await cache.set('flat', 2);
    const admin = stage.redis.driver();
    const bytes = await admin.send({ args: ['GET', key], bytes: true, read: (reply) => reply });
    const deep = Buffer.concat([
      (bytes as Uint8Array).subarray(0, -3),
      Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    ]);
    await admin.send({ args: ['SET', key, deep, 'PX', 60_000], read: String });
    const read = stage.cache<unknown>();
    const [nested, flat] = await Promise.all([read.get('deep'), read.get('flat')]);
    expect([Array.isArray(nested), Object.isFrozen(nested), flat]).toEqual([true, true, 2]);
    await admin.close();
    await stage.close();
  });

  it('stores what would not become smaller as it is', () => {
    const noise = new Uint8Array(randomBytes(5000));
    expect(createValueCodec(plain).encode(noise).byteLength).toBe(5003);
  });

  it('trap 16: a bomb is a miss, before more than a value may hold was inflated', () => {
    const codec = createValueCodec(plain);
    const zeros = brotliCompressSync(new Uint8Array(50_000_000));
    const claiming = (length: readonly number[]) =>
      Buffer.concat([Buffer.from('\u00011B', 'latin1'), Uint8Array.from(length), zeros]);
    // It says 50 MB, then 300 bytes, then nothing that ends.
    for (const length of [[0x80, 0xe1, 0xeb, 0x17], [0xac, 0x02], [0xff, 0xff, 0xff, 0xff, 0xff], []]) {
      expect(codec.decode(claiming(length))).toBeUndefined();
    }
    expect(codec.decode(Buffer.from('\u00011B'))).toBeUndefined();
    // An envelope of envelopes is inflated once.
    const inner = codec.encode({ text });
    const twice = Buffer.concat([
      Buffer.from('\u00011B', 'latin1'),
      Uint8Array.of((inner.byteLength % 128) | 128, Math.floor(inner.byteLength / 128)),
      brotliCompressSync(inner),
    ]);
    expect(codec.decode(twice)).toBeUndefined();
  });

  it('takes a compressor of another library, and a process without it misses', () => {
    const swapping: Compressor = {
      id: 'S',
      name: 'swapping',
      compress: (data) => brotliCompressSync(data),
      decompress: brotliCompressor.decompress,
    };
    const stored = createValueCodec({ ...plain, compressor: swapping }).encode({ text });
    expect(createValueCodec({ ...plain, compressor: swapping }).decode(stored)?.value).toEqual({ text });
    expect(createValueCodec(plain).decode(stored)).toBeUndefined();
  });
});

describe('what cannot be encoded', () => {
  it('is a CodecError with its cause, whatever throws: a getter, a proxy, a codec, a schema', () => {
    const cause = new Error('not yours');
    const fail = (): never => {
      throw cause;
    };
    const trap = new Proxy({}, { getPrototypeOf: fail, ownKeys: fail, get: fail });
    const broken: Partial<ValueCodecOptions>[] = [
      { codec: { id: 'x', name: 'x', encode: fail, decode: fail } },
      { schema: { '~standard': { version: 1, vendor: 'test', validate: fail } } },
    ];
    const getter = {
      get price(): number {
        return fail();
      },
    };
    for (const value of [getter, [getter], new Map([[1, getter]]), { deep: { getter } }, trap])
      expect(() => createValueCodec(plain).encode(value)).toThrow(
        expect.objectContaining({ code: 'CODEC', cause }),
      );
    for (const options of broken)
      expect(() => createValueCodec({ ...plain, ...options }).encode(1)).toThrow(
        expect.objectContaining({ code: 'CODEC', cause }),
      );
  });
});

describe('schema', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = createStage();
  });
  afterEach(() => stage.close());

  it('what does not fit is refused when stored, and a miss when read', async () => {
    const old = stage.cache<unknown>();
    const typed = stage.cache<number>({ schema: numbers });
    await expect(typed.set('x', 'text' as never)).rejects.toMatchObject({ code: 'SCHEMA' });
    await expect(typed.getOrSet('x', () => 'text' as never)).rejects.toMatchObject({ code: 'SCHEMA' });
    await old.set('x', 'of an older release');
    expect(await typed.get('x')).toBeUndefined();
    expect(await typed.getOrSet('x', () => 5)).toBe(5);
    expect(await old.get('x')).toBe(5);
    expect(typed.stats().unreadable).toBe(2);
  });

  it('one that answers with a promise is refused by name', async () => {
    const schema: StandardSchema = {
      '~standard': { version: 1, vendor: 'test', validate: async (value) => ({ value }) },
    };
    await expect(stage.cache({ schema }).set('x', 1)).rejects.toMatchObject({ argument: 'schema' });
  });

  it('bytes per entry over the raw value: at most 40', async () => {
    const cache = stage.cache<unknown>({ staleIfErrorMs: 3_600_000, staleWhileRevalidateMs: 60_000 });
    const value = { id: 42, name: 'thing' };
    await cache.set('x', value);
    const driver = stage.redis.driver();
    const key = cacheKeys.in('pk').entry(['default', 'x']);
    const length = await driver.send({ args: ['STRLEN', key], key, read: Number });
    expect(length - JSON.stringify(value).length).toBeLessThanOrEqual(40);
    await driver.close();
  });
});
