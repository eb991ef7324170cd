import { type Codec, CodecError } from '@penknife/core';

type Path = readonly (string | number)[];

/** JSON in which bytes stand apart: one line with their places and lengths, and then the bytes themselves, unchanged. */
export const packetCodec: Codec = {
  id: '#',
  name: 'json-with-bytes',
  encode(value) {
    const places: [path: Path, length: number][] = [];
    const parts: Uint8Array[] = [];
    const text = JSON.stringify({ value: withoutBytes(value, [], places, parts), places });
    return Buffer.concat([Buffer.from(`${text}\n`), ...parts]);
  },
  decode(data) {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const end = bytes.indexOf(0x0a);
    if (end < 0) throw new CodecError('json-with-bytes', 'it has no line of JSON');
    const holder = JSON.parse(bytes.toString('utf8', 0, end)) as { value: unknown; places: [Path, number][] };
    let at = end + 1;
    for (const [path, length] of holder.places) {
      put(holder, ['value', ...path], Buffer.from(bytes.subarray(at, at + length)));
      at += length;
    }
    if (at !== bytes.length) throw new CodecError('json-with-bytes', 'its bytes are not what it says');
    return holder.value;
  },
};

function withoutBytes(
  value: unknown,
  path: Path,
  places: [path: Path, length: number][],
  parts: Uint8Array[],
): unknown {
  const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
  if (bytes instanceof Uint8Array) {
    places.push([path, bytes.byteLength]);
    parts.push(bytes);
    return null;
  }
  if (Array.isArray(value)) return value.map((each, i) => withoutBytes(each, [...path, i], places, parts));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withoutBytes(each, [...path, key], places, parts)]),
  );
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Sets what is at a path, which only own keys lead to. */
function put(holder: object, path: Path, bytes: Uint8Array): void {
  let at = holder as Record<string | number, unknown>;
  for (const [i, key] of path.entries()) {
    if (!Object.hasOwn(at, key)) throw new CodecError('json-with-bytes', 'bytes without a place');
    if (i === path.length - 1) at[key] = bytes;
    else at = at[key] as Record<string | number, unknown>;
    if (typeof at !== 'object' || at === null)
      throw new CodecError('json-with-bytes', 'bytes without a place');
  }
}
