import { LuaTable } from '../runtime/table.js';
import type { LuaValue } from '../runtime/values.js';

/** What is wrong with a packed text. */
export class UnpackError extends Error {}

const MISSING = 'Missing bytes in input.';
const BAD_FORMAT = 'Bad data format in input.';
const view = new DataView(new ArrayBuffer(8));

/** Reads MessagePack values one after the other from a byte string. Throws UnpackError. */
export class Unpacker {
  index: number;
  private readonly text: string;

  constructor(text: string, index: number) {
    this.text = text;
    this.index = index;
  }

  get atEnd(): boolean {
    return this.index >= this.text.length;
  }

  private take(count: number): string {
    if (this.index + count > this.text.length) throw new UnpackError(MISSING);
    const part = this.text.slice(this.index, this.index + count);
    this.index += count;
    return part;
  }

  private load(count: number): DataView {
    const part = this.take(count);
    for (let index = 0; index < count; index++) view.setUint8(index, part.charCodeAt(index));
    return view;
  }

  private size(bytes: 1 | 2 | 4): number {
    const data = this.load(bytes);
    return bytes === 1 ? data.getUint8(0) : bytes === 2 ? data.getUint16(0) : data.getUint32(0);
  }

  read(): LuaValue {
    const tag = this.take(1).charCodeAt(0);
    if (tag < 0x80) return tag;
    if (tag < 0x90) return this.map(tag & 0x0f);
    if (tag < 0xa0) return this.list(tag & 0x0f);
    if (tag < 0xc0) return this.take(tag & 0x1f);
    if (tag >= 0xe0) return tag - 0x100;
    switch (tag) {
      case 0xc0:
        return undefined;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca:
        return this.load(4).getFloat32(0);
      case 0xcb:
        return this.load(8).getFloat64(0);
      case 0xcc:
        return this.size(1);
      case 0xcd:
        return this.size(2);
      case 0xce:
        return this.size(4);
      case 0xcf:
        // As the original: read as a signed number.
        return Number(this.load(8).getBigInt64(0));
      case 0xd0:
        return this.load(1).getInt8(0);
      case 0xd1:
        return this.load(2).getInt16(0);
      case 0xd2:
        return this.load(4).getInt32(0);
      case 0xd3:
        return Number(this.load(8).getBigInt64(0));
      case 0xd9:
        return this.take(this.size(1));
      case 0xda:
        return this.take(this.size(2));
      case 0xdb:
        return this.take(this.size(4));
      case 0xdc:
        return this.list(this.size(2));
      case 0xdd:
        return this.list(this.size(4));
      case 0xde:
        return this.map(this.size(2));
      case 0xdf:
        return this.map(this.size(4));
      default:
        throw new UnpackError(BAD_FORMAT);
    }
  }

  private list(count: number): LuaTable {
    const table = new LuaTable();
    for (let index = 1; index <= count; index++) table.set(index, this.read());
    return table;
  }

  private map(count: number): LuaTable {
    const table = new LuaTable();
    for (let index = 0; index < count; index++) {
      const key = this.read();
      table.set(key, this.read());
    }
    return table;
  }
}
