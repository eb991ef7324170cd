import { LuaTable } from '../runtime/table.js';
import type { LuaValue } from '../runtime/values.js';

/** Tables nested deeper than this are packed as nil, which also ends circular references. */
const DEEPEST = 16;
const view = new DataView(new ArrayBuffer(8));

function bytes(count: number): string {
  let text = '';
  for (let index = 0; index < count; index++) text += String.fromCharCode(view.getUint8(index));
  return text;
}

function unsigned(value: number, size: 1 | 2 | 4): string {
  view.setUint32(0, value);
  return bytes(4).slice(4 - size);
}

function packInteger(value: number): string {
  if (value >= 0) {
    if (value <= 0x7f) return unsigned(value, 1);
    if (value <= 0xff) return `\xcc${unsigned(value, 1)}`;
    if (value <= 0xffff) return `\xcd${unsigned(value, 2)}`;
    if (value <= 0xffff_ffff) return `\xce${unsigned(value, 4)}`;
    view.setBigUint64(0, BigInt(value));
    return `\xcf${bytes(8)}`;
  }
  if (value >= -32) return String.fromCharCode(value & 0xff);
  if (value >= -0x80) return `\xd0${unsigned(value, 1)}`;
  if (value >= -0x8000) return `\xd1${unsigned(value, 2)}`;
  if (value >= -0x8000_0000) return `\xd2${unsigned(value, 4)}`;
  view.setBigInt64(0, BigInt(value));
  return `\xd3${bytes(8)}`;
}

function packNumber(value: number): string {
  if (Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63) return packInteger(value);
  if (value === Math.fround(value)) {
    view.setFloat32(0, value);
    return `\xca${bytes(4)}`;
  }
  view.setFloat64(0, value);
  if (Number.isNaN(value)) view.setUint8(0, 0xff);
  return `\xcb${bytes(8)}`;
}

function packString(text: string): string {
  const { length } = text;
  if (length < 32) return String.fromCharCode(0xa0 | length) + text;
  if (length <= 0xff) return `\xd9${unsigned(length, 1)}${text}`;
  if (length <= 0xffff) return `\xda${unsigned(length, 2)}${text}`;
  return `\xdb${unsigned(length, 4)}${text}`;
}

function header(count: number, short: number, medium: string, long: string): string {
  if (count <= 15) return String.fromCharCode(short | count);
  return count <= 0xffff ? medium + unsigned(count, 2) : long + unsigned(count, 4);
}

function packTable(table: LuaTable, level: number): string {
  let count = 0;
  let largest = 0;
  let isList = true;
  for (let cursor = table.advance(0); cursor !== 0; cursor = table.advance(cursor)) {
    const key = table.keyAt(cursor);
    count++;
    if (typeof key !== 'number' || !Number.isInteger(key) || key <= 0) isList = false;
    else if (key > largest) largest = key;
  }
  if (isList && largest === count) {
    let text = header(count, 0x90, '\xdc', '\xdd');
    for (let index = 1; index <= count; index++) text += pack(table.get(index), level + 1);
    return text;
  }
  let text = header(count, 0x80, '\xde', '\xdf');
  for (let cursor = table.advance(0); cursor !== 0; cursor = table.advance(cursor)) {
    text += pack(table.keyAt(cursor), level + 1) + pack(table.valueAt(cursor), level + 1);
  }
  return text;
}

/** One value as MessagePack, as lua-cmsgpack 0.4.0 writes it; what has no counterpart becomes nil. */
export function pack(value: LuaValue, level = 0): string {
  switch (typeof value) {
    case 'string':
      return packString(value);
    case 'number':
      return packNumber(value);
    case 'boolean':
      return value ? '\xc3' : '\xc2';
    default:
      return value instanceof LuaTable && level < DEEPEST ? packTable(value, level) : '\xc0';
  }
}
