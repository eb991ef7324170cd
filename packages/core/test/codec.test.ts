import { describe, expect, it } from 'vitest';
import { bytesCodec, jsonCodec, type StandardSchema, seal, unseal, validate } from '../src/index.js';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('jsonCodec', () => {
  it('refuses what JSON would silently drop or cannot hold', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const value of [undefined, () => 1, 10n, circle])
      expect(() => jsonCodec.encode(value)).toThrow(/^json: /);
  });

  it('reports bad data without quoting it', () => {
    for (const data of [utf8('{"password":"hunter2"'), new Uint8Array([0xff, 0xfe])]) {
      let caught: unknown;
      try {
        jsonCodec.decode(data);
      } catch (error) {
        caught = error;
      }
      expect(String(caught)).toMatch(/CodecError: json: not (JSON|UTF-8)$/);
      expect((caught as Error).cause).toBeUndefined();
    }
  });

  it('keeps __proto__ as plain data', () => {
    const value = jsonCodec.decode(utf8('{"__proto__":{"admin":true}}')) as Record<string, unknown>;
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
    expect(Object.keys(value)).toEqual(['__proto__']);
  });
});

describe('envelope', () => {
  it('round-trips text and bytes, telling the codec', () => {
    const sealedText = seal(jsonCodec, { a: 'é' });
    expect(typeof sealedText).toBe('string');
    const found = unseal(utf8(sealedText as string));
    expect(found.kind === 'sealed' && [found.codecId, jsonCodec.decode(found.body)]).toEqual([
      'j',
      { a: 'é' },
    ]);
    const bytes = unseal(seal(bytesCodec, new Uint8Array([0, 255])) as Uint8Array);
    expect(bytes).toEqual({ kind: 'sealed', codecId: 'b', body: new Uint8Array([0, 255]) });
  });

  it('says foreign to everything that is not ours', () => {
    for (const data of ['', 'x', '{"a":1}', '\u00012jx', '\u0001'])
      expect(unseal(utf8(data))).toEqual({ kind: 'foreign' });
  });
});

describe('validate', () => {
  const schema: StandardSchema<unknown, number> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) =>
        typeof value === 'number'
          ? { value: value * 2 }
          : { issues: [{ message: 'secret-ish text', path: ['a', { key: 0 }] }] },
    },
  };

  it('gives the schema’s output', async () => {
    expect(await validate(schema, 21, 'the message')).toBe(42);
  });

  it('rejects with the paths, and with the issues beside', async () => {
    await expect(validate(schema, 'x', 'the message')).rejects.toMatchObject({
      code: 'SCHEMA',
      message: 'the message does not fit its schema at a.0',
      issues: [{ message: 'secret-ish text' }],
    });
  });
});
