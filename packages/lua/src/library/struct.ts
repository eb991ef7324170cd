import type { State } from '../runtime/state.js';
import type { LuaTable } from '../runtime/table.js';
import type { LuaValue } from '../runtime/values.js';
import * as args from './arguments.js';
import { type StructOption, structOptions } from './struct-format.js';

const view = new DataView(new ArrayBuffer(8));

function packInteger(value: number, { size, littleEndian }: StructOption): string {
  const inRange = value >= -(2 ** 63) && value < 2 ** 64;
  let rest = BigInt.asUintN(64, inRange ? BigInt(Math.trunc(value)) : -(2n ** 63n));
  let text = '';
  for (let index = 0; index < size; index++) {
    const byte = String.fromCharCode(Number(rest & 0xffn));
    text = littleEndian ? text + byte : byte + text;
    rest >>= 8n;
  }
  return text;
}

function unpackInteger(data: string, { option, size, littleEndian }: StructOption): number {
  let value = 0n;
  for (let index = 0; index < size; index++) {
    const byte = data.charCodeAt(littleEndian ? size - 1 - index : index);
    value = BigInt.asUintN(64, (value << 8n) | BigInt(byte));
  }
  const signed = option >= 'a';
  return Number(signed ? BigInt.asIntN(Math.min(size * 8, 64), value) : value);
}

function packFloat(value: number, { option, littleEndian }: StructOption): string {
  const size = option === 'f' ? 4 : 8;
  if (size === 4) view.setFloat32(0, value, littleEndian);
  else view.setFloat64(0, value, littleEndian);
  let text = '';
  for (let index = 0; index < size; index++) text += String.fromCharCode(view.getUint8(index));
  return text;
}

function unpackFloat(data: string, { option, size, littleEndian }: StructOption): number {
  for (let index = 0; index < size; index++) view.setUint8(index, data.charCodeAt(index));
  return option === 'f' ? view.getFloat32(0, littleEndian) : view.getFloat64(0, littleEndian);
}

function pack(state: State, given: readonly LuaValue[]): string {
  // The original marks the end of its arguments with a nil: a missing one is called that.
  const values = [...given, undefined];
  let position = 2;
  let text = '';
  for (const step of structOptions(state, args.stringArgument(state, given, 1))) {
    text += '\0'.repeat(step.padding(text.length));
    switch (step.option) {
      case ' ':
        break;
      case 'x':
        text += '\0';
        break;
      case 'f':
      case 'd':
        text += packFloat(args.numberArgument(state, values, position++), step);
        break;
      case 'c':
      case 's': {
        const value = args.stringArgument(state, values, position++);
        const size = step.size === 0 ? value.length : step.size;
        if (value.length < size) args.argumentError(state, position, 'string too short');
        text += value.slice(0, size) + (step.option === 's' ? '\0' : '');
        break;
      }
      default:
        text += packInteger(args.numberArgument(state, values, position++), step);
    }
  }
  return text;
}

function unpack(state: State, values: readonly LuaValue[]): LuaValue[] {
  const format = args.stringArgument(state, values, 1);
  const data = args.stringArgument(state, values, 2);
  const start = args.optionalInteger(state, values, 3, 1);
  if (start === 0) args.argumentError(state, 3, 'offset must be 1 or greater');
  if (start < 0) args.argumentError(state, 2, 'data string too short');
  let place = start - 1;
  const results: LuaValue[] = [];
  const need = (size: number): void => {
    if (place + size > data.length) args.argumentError(state, 2, 'data string too short');
  };
  for (const step of structOptions(state, format)) {
    place += step.padding(place);
    need(step.size);
    let { size } = step;
    const part = data.slice(place, place + size);
    switch (step.option) {
      case ' ':
      case 'x':
        break;
      case 'f':
      case 'd':
        results.push(unpackFloat(part, step));
        break;
      case 'c':
        if (size === 0) {
          const counted = results.pop();
          if (typeof counted !== 'number') state.fail("format 'c0' needs a previous size");
          size = counted;
          need(size);
        }
        results.push(data.slice(place, place + size));
        break;
      case 's': {
        const end = data.indexOf('\0', place);
        if (end < 0) state.fail('unfinished string in data');
        size = end - place + 1;
        results.push(data.slice(place, end));
        break;
      }
      default:
        results.push(unpackInteger(part, step));
    }
    place += size;
  }
  results.push(place + 1);
  state.stackTaken += results.length;
  return results;
}

function size(state: State, values: readonly LuaValue[]): number {
  let total = 0;
  for (const step of structOptions(state, args.stringArgument(state, values, 1))) {
    total += step.padding(total);
    if (step.size === 0 && /[sc]/.test(step.option)) {
      const name = step.option === 's' ? 's' : 'c0';
      args.argumentError(state, 1, `option '${name}' has no fixed size`);
    }
    total += step.size;
  }
  return total;
}

/** The struct library (pack, unpack, size); 64-bit little-endian machine, as nearly all servers are. */
export function structLibrary(state: State): LuaTable {
  return args.libraryTable({
    pack: (...values) => pack(state, values),
    unpack: (...values) => unpack(state, values),
    size: (...values) => size(state, values),
  });
}
