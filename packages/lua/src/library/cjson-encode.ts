import { formatGeneral, numberToString } from '../runtime/number-format.js';
import type { State } from '../runtime/state.js';
import { LuaTable } from '../runtime/table.js';
import { type LuaValue, NULL_USERDATA, typeName } from '../runtime/values.js';
import type { JsonSettings } from './cjson-settings.js';

const SHORT: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
};

function quote(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be escaped
  const body = text.replace(/[\x00-\x1f"\\/\x7f]/g, (char) => {
    return SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${body}"`;
}

/** Writes Lua values as JSON the way lua-cjson 2.1.0 does; bytes above 127 pass unchanged. */
export class JsonEncoder {
  private readonly state: State;
  private readonly settings: JsonSettings;

  constructor(state: State, settings: JsonSettings) {
    this.state = state;
    this.settings = settings;
  }

  encode(value: LuaValue): string {
    return this.write(value, 0);
  }

  private refuse(value: LuaValue, reason: string): never {
    return this.state.fail(`Cannot serialise ${typeName(value)}: ${reason}`);
  }

  private write(value: LuaValue, depth: number): string {
    switch (typeof value) {
      case 'string':
        return quote(value);
      case 'number':
        return this.number(value);
      case 'boolean':
        return `${value}`;
      case 'undefined':
        return 'null';
      default:
        if (value === NULL_USERDATA) return 'null';
        if (!(value instanceof LuaTable)) return this.refuse(value, 'type not supported');
        return this.table(value, depth + 1);
    }
  }

  private number(value: number): string {
    if (!Number.isFinite(value)) {
      const allowed = this.settings.encodeInvalid;
      if (allowed === false) this.refuse(value, 'must not be NaN or Inf');
      if (allowed === 'null') return 'null';
      return Number.isNaN(value) ? 'nan' : formatGeneral(value, 14);
    }
    const { precision } = this.settings;
    return precision === 14 ? numberToString(value) : formatGeneral(value, precision);
  }

  private table(table: LuaTable, depth: number): string {
    const length = this.arrayLength(table);
    if (depth > this.settings.encodeDepth) {
      this.state.fail(`Cannot serialise, excessive nesting (${depth})`);
    }
    if (length > 0) {
      const items: string[] = [];
      for (let index = 1; index <= length; index++) items.push(this.write(table.get(index), depth));
      return `[${items.join(',')}]`;
    }
    const entries: string[] = [];
    for (let cursor = table.advance(0); cursor !== 0; cursor = table.advance(cursor)) {
      const key = table.keyAt(cursor);
      let name: string;
      if (typeof key === 'number') name = `"${this.number(key)}"`;
      else if (typeof key === 'string') name = quote(key);
      else this.refuse(key, 'table key must be a number or string');
      entries.push(`${name}:${this.write(table.valueAt(cursor), depth)}`);
    }
    return `{${entries.join(',')}}`;
  }

  /** The largest index where all keys are positive integers, -1 for an object. */
  private arrayLength(table: LuaTable): number {
    let largest = 0;
    let count = 0;
    for (let cursor = table.advance(0); cursor !== 0; cursor = table.advance(cursor)) {
      const key = table.keyAt(cursor);
      if (typeof key !== 'number' || !Number.isInteger(key) || key < 1) return -1;
      if (key > largest) largest = key;
      count++;
    }
    const { sparseRatio, sparseSafe, sparseConvert } = this.settings;
    if (sparseRatio > 0 && largest > count * sparseRatio && largest > sparseSafe) {
      if (!sparseConvert) this.refuse(table, 'excessively sparse array');
      return -1;
    }
    return largest;
  }
}
