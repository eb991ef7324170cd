import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typedCodec } from '../src/codec/typed-codec.js';
import { createValueCodec } from '../src/codec/value-codec.js';
import { readEntry, writeEntry } from '../src/entry/header.js';

const headers = fc.record({
  expired: fc.boolean(),
  origin: fc
    .uint8Array({ minLength: 6, maxLength: 6 })
    .map((bytes) => Buffer.from(bytes).toString('base64url')),
  position: fc.integer({ min: 0, max: 2 ** 40 }),
  createdMs: fc.integer({ min: 0, max: 2 ** 44 }),
  ttlMs: fc.integer({ min: 1, max: 315_360_000_000 }),
  staleWhileRevalidateMs: fc.integer({ min: 0, max: 315_360_000_000 }),
  staleIfErrorMs: fc.integer({ min: 0, max: 315_360_000_000 }),
  loadMs: fc.integer({ min: 0, max: 10_000_000 }),
  tags: fc.array(fc.stringMatching(/^[A-Za-z0-9%~_-]{1,160}$/), { maxLength: 4 }),
});

describe('entries', () => {
  it('property: what is written is read, and the header is recognised by its bytes', () => {
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: 50 }), (header, value) => {
        const bytes = writeEntry(header, value);
        const entry = readEntry(bytes);
        expect(entry?.header).toEqual(header);
        expect(Buffer.from(entry?.value ?? [])).toEqual(Buffer.from(value));
        expect(entry?.seenBytes).toBeLessThanOrEqual(bytes.byteLength - value.byteLength);
      }),
    );
  });

  it('property: bytes of others and cut entries are read as nothing, or as something, but never throw', () => {
    const codec = createValueCodec(plain);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, marked) => {
        if (marked && bytes.length > 0) bytes[0] = 0xc1;
        const entry = readEntry(bytes);
        codec.decode(entry?.value ?? bytes);
        codec.decode(Buffer.concat([Buffer.from('\u00011t'), bytes]));
      }),
    );
    expect(
      readEntry(writeEntry({ ...sample, createdMs: 5 }, Buffer.alloc(0)).subarray(0, 12)),
    ).toBeUndefined();
  });

  it('takes at most 40 bytes more than the value as JSON', () => {
    const value = { id: 42, name: 'thing' };
    const stored = writeEntry(sample, createValueCodec(plain).encode(value)).byteLength;
    expect(stored - JSON.stringify(value).length).toBeLessThanOrEqual(33);
  });
});

describe('typed codec', () => {
  it('property: gives every value back as it was', () => {
    const values = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: false,
    });
    fc.assert(
      fc.property(values, (value) => {
        const back = typedCodec.decode(Buffer.from(typedCodec.encode(value)));
        expect(back).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it('trap 16: __proto__ stays a name', () => {
    const hostile = JSON.parse('{"__proto__":{"polluted":1},"at":null}') as Record<string, unknown>;
    hostile.at = new Date(1);
    const back = typedCodec.decode(Buffer.from(typedCodec.encode(hostile))) as Record<string, unknown>;
    expect(Object.keys(back)).toEqual(['__proto__', 'at']);
    expect(back.polluted).toBeUndefined();
  });
});

const plain = {
  codec: undefined,
  maxValueBytes: 1000,
  compressor: undefined,
  compressAboveBytes: 0,
  schema: undefined,
};

const sample = {
  expired: false,
  origin: 'AAAAAAAA',
  position: 1000,
  createdMs: Date.UTC(2026, 0, 1),
  ttlMs: 3_600_000,
  staleWhileRevalidateMs: 60_000,
  staleIfErrorMs: 86_400_000,
  loadMs: 250,
  tags: [],
};
