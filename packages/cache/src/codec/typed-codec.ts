import { type Codec, CodecError } from '@penknife/core';

/** How deep a value may be nested. A circle is deeper than that. */
const deepest = 200;

/** True when JSON gives this value back unchanged. False also for what nothing here can encode. */
export function isPlainJson(value: unknown, depth = 0): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || depth > deepest) return false;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isPlainJson(value[i], depth + 1)) return false;
    return true;
  }
  if (!isPlainObject(value)) return false;
  for (const name of Object.keys(value)) {
    if (!isPlainJson((value as Record<string, unknown>)[name], depth + 1)) return false;
  }
  return true;
}

/**
 * JSON that keeps undefined, NaN, infinities, -0, bigint, Date, Map, Set and Uint8Array: each becomes an object with the
 * one name `$`. Functions, symbols, circles and objects of other classes are refused with `CodecError`, never dropped.
 */
export const typedCodec: Codec = {
  id: 't',
  name: 'typed',
  encode: (value) => JSON.stringify(write(value, 0)),
  decode(data) {
    let parsed: unknown;
    try {
      parsed = JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8'));
    } catch {
      throw new CodecError('typed', 'not JSON');
    }
    return read(parsed);
  },
};

type Tagged = readonly [tag: string, content?: unknown];

function write(value: unknown, depth: number): unknown {
  if (depth > deepest) throw new CodecError('typed', `nested deeper than ${deepest}, or in a circle`);
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'undefined':
      return tagged('u');
    case 'bigint':
      return tagged('i', String(value));
    case 'number':
      if (Object.is(value, -0)) return tagged('n', '-0');
      return Number.isFinite(value) ? value : tagged('n', String(value));
    case 'object':
      return value === null ? null : writeObject(value, depth + 1);
    default:
      throw new CodecError('typed', `a ${typeof value} cannot be stored`);
  }
}

function writeObject(value: object, depth: number): unknown {
  if (Array.isArray(value)) return Array.from(value, (item) => write(item, depth));
  if (value instanceof Date) return tagged('d', Number.isNaN(value.getTime()) ? null : value.getTime());
  if (value instanceof Map)
    return tagged(
      'm',
      [...value].map(([key, item]) => [write(key, depth), write(item, depth)]),
    );
  if (value instanceof Set)
    return tagged(
      's',
      [...value].map((item) => write(item, depth)),
    );
  if (value instanceof Uint8Array) return tagged('b', Buffer.from(value).toString('base64'));
  if (!isPlainObject(value)) {
    throw new CodecError(
      'typed',
      `an object of class ${value.constructor?.name || 'without a name'} cannot be stored`,
    );
  }
  // Without a prototype `__proto__` is a name like any other.
  const written: Record<string, unknown> = Object.create(null);
  for (const [name, item] of Object.entries(value)) written[name] = write(item, depth);
  return '$' in written ? tagged('o', Object.entries(written)) : written;
}

function tagged(...content: Tagged): unknown {
  return { $: content };
}

function read(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(read);
  if (Object.hasOwn(value, '$')) return readTagged((value as { $: unknown }).$);
  return readNames(Object.entries(value));
}

function readTagged(content: unknown): unknown {
  if (!Array.isArray(content)) throw new CodecError('typed', 'a tag without its list');
  const [tag, inner] = content as unknown as Tagged;
  if (tag === 'u') return undefined;
  if (tag === 'd') return new Date(inner === null ? Number.NaN : (inner as number));
  if (tag === 'n') return Number(inner);
  if (tag === 'i' && typeof inner === 'string' && /^-?\d+$/.test(inner)) return BigInt(inner);
  if (tag === 'b' && typeof inner === 'string') return new Uint8Array(Buffer.from(inner, 'base64'));
  if (!Array.isArray(inner)) throw new CodecError('typed', 'an unknown tag');
  if (tag === 's') return new Set(inner.map(read));
  if (tag === 'm') return new Map(inner.map((pair) => [read(pair[0]), read(pair[1])]));
  if (tag === 'o') return readNames(inner as [string, unknown][]);
  throw new CodecError('typed', 'an unknown tag');
}

function readNames(entries: readonly (readonly [string, unknown])[]): object {
  const object: Record<string, unknown> = {};
  for (const [name, item] of entries) {
    if (name === '__proto__') {
      Object.defineProperty(object, name, {
        value: read(item),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } else object[name] = read(item);
  }
  return object;
}

function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
