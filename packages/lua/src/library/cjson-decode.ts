import { leadingNumber } from '../runtime/number-parse.js';
import type { State } from '../runtime/state.js';
import { LuaTable } from '../runtime/table.js';
import { type LuaValue, NULL_USERDATA } from '../runtime/values.js';
import type { JsonSettings } from './cjson-settings.js';

type TokenType =
  | 'T_OBJ_BEGIN'
  | 'T_OBJ_END'
  | 'T_ARR_BEGIN'
  | 'T_ARR_END'
  | 'T_STRING'
  | 'T_NUMBER'
  | 'T_BOOLEAN'
  | 'T_NULL'
  | 'T_COLON'
  | 'T_COMMA'
  | 'T_END';

const SYMBOLS: Readonly<Record<string, TokenType>> = {
  '{': 'T_OBJ_BEGIN',
  '}': 'T_OBJ_END',
  '[': 'T_ARR_BEGIN',
  ']': 'T_ARR_END',
  ':': 'T_COLON',
  ',': 'T_COMMA',
};

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
};

interface Token {
  /** A token's type, or the text of an error. */
  readonly type: TokenType | { readonly error: string };
  readonly value: LuaValue;
  readonly start: number;
}

function utf8(codepoint: number): string {
  if (codepoint < 0x80) return String.fromCharCode(codepoint);
  const tail = (shift: number): number => 0x80 | ((codepoint >> shift) & 0x3f);
  if (codepoint < 0x800) return String.fromCharCode(0xc0 | (codepoint >> 6), tail(0));
  if (codepoint < 0x10000) return String.fromCharCode(0xe0 | (codepoint >> 12), tail(6), tail(0));
  return String.fromCharCode(0xf0 | (codepoint >> 18), tail(12), tail(6), tail(0));
}

/** Reads JSON as lua-cjson 2.1.0 does: lenient numbers, null as cjson.null, its error texts. */
export class JsonDecoder {
  private readonly state: State;
  private readonly settings: JsonSettings;
  private readonly text: string;
  private index = 0;
  private depth = 0;

  constructor(state: State, settings: JsonSettings, text: string) {
    this.state = state;
    this.settings = settings;
    this.text = text;
  }

  decode(): LuaValue {
    if (this.text.length >= 2 && (this.text[0] === '\0' || this.text[1] === '\0')) {
      this.state.fail('JSON parser does not support UTF-16 or UTF-32');
    }
    const value = this.value(this.next());
    const rest = this.next();
    if (rest.type !== 'T_END') this.refuse('the end', rest);
    return value;
  }

  private refuse(expected: string, token: Token): never {
    const found = typeof token.type === 'string' ? token.type : token.type.error;
    return this.state.fail(`Expected ${expected} but found ${found} at character ${token.start + 1}`);
  }

  private value(token: Token): LuaValue {
    switch (token.type) {
      case 'T_STRING':
      case 'T_NUMBER':
      case 'T_BOOLEAN':
        return token.value;
      case 'T_NULL':
        return NULL_USERDATA;
      case 'T_OBJ_BEGIN':
        return this.object();
      case 'T_ARR_BEGIN':
        return this.array();
      default:
        return this.refuse('value', token);
    }
  }

  private descend(): void {
    this.depth++;
    if (this.depth > this.settings.decodeDepth) {
      this.state.fail(`Found too many nested data structures (${this.depth}) at character ${this.index}`);
    }
  }

  private object(): LuaTable {
    this.descend();
    const table = new LuaTable();
    let token = this.next();
    if (token.type !== 'T_OBJ_END') {
      for (;;) {
        if (token.type !== 'T_STRING') this.refuse('object key string', token);
        const key = token.value;
        token = this.next();
        if (token.type !== 'T_COLON') this.refuse('colon', token);
        table.set(key, this.value(this.next()));
        token = this.next();
        if (token.type === 'T_OBJ_END') break;
        if (token.type !== 'T_COMMA') this.refuse('comma or object end', token);
        token = this.next();
      }
    }
    this.depth--;
    return table;
  }

  private array(): LuaTable {
    this.descend();
    const items: LuaValue[] = [];
    let token = this.next();
    if (token.type !== 'T_ARR_END') {
      for (;;) {
        items.push(this.value(token));
        token = this.next();
        if (token.type === 'T_ARR_END') break;
        if (token.type !== 'T_COMMA') this.refuse('comma or array end', token);
        token = this.next();
      }
    }
    this.depth--;
    return LuaTable.filled(items);
  }

  private next(): Token {
    const { text } = this;
    while (' \t\n\r'.includes(text[this.index] ?? '\0')) this.index++;
    const start = this.index;
    const char = text[start] ?? '\0';
    if (char === '\0') return { type: 'T_END', value: undefined, start };
    const symbol = SYMBOLS[char];
    if (symbol !== undefined) {
      this.index++;
      return { type: symbol, value: undefined, start };
    }
    if (char === '"') return this.string(start);
    if (char === '-' || (char >= '0' && char <= '9')) {
      if (!this.settings.decodeInvalid && this.invalidNumber(start)) return this.wrong('invalid number');
      return this.number(start);
    }
    for (const [word, type, value] of WORDS) {
      if (text.startsWith(word, start)) {
        this.index += word.length;
        return { type, value, start };
      }
    }
    if (this.settings.decodeInvalid && this.invalidNumber(start)) return this.number(start);
    return this.wrong('invalid token');
  }

  private wrong(error: string): Token {
    return { type: { error }, value: undefined, start: this.index };
  }

  /** Texts strtod would read but JSON does not allow. */
  private invalidNumber(start: number): boolean {
    return /^(?:\+|-?0[xX0-9]|-?inf|-?nan)/i.test(this.text.slice(start, start + 4));
  }

  private number(start: number): Token {
    const found = leadingNumber(this.text.slice(start));
    if (found === undefined) return this.wrong('invalid number');
    this.index += found.length;
    return { type: 'T_NUMBER', value: found.value, start };
  }

  private string(start: number): Token {
    const { text } = this;
    this.index++;
    let value = '';
    for (;;) {
      const char = text[this.index] ?? '\0';
      if (char === '\0') return this.wrong('unexpected end of string');
      if (char === '"') break;
      if (char !== '\\') {
        value += char;
        this.index++;
        continue;
      }
      const next = text[this.index + 1] ?? '\0';
      if (next === 'u') {
        const read = this.unicode();
        if (read === undefined) return this.wrong('invalid unicode escape code');
        value += read;
        continue;
      }
      const plain = ESCAPES[next];
      if (plain === undefined) return this.wrong('invalid escape code');
      value += plain;
      this.index += 2;
    }
    this.index++;
    return { type: 'T_STRING', value, start };
  }

  /** Reads \uXXXX, or a surrogate pair of two, as UTF-8 bytes. */
  private unicode(): string | undefined {
    const read = (at: number): number => {
      const digits = this.text.slice(at, at + 4);
      return /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : -1;
    };
    const high = read(this.index + 2);
    if (high < 0) return undefined;
    if ((high & 0xf800) !== 0xd800) {
      this.index += 6;
      return utf8(high);
    }
    if ((high & 0x400) !== 0 || !this.text.startsWith('\\u', this.index + 6)) return undefined;
    const low = read(this.index + 8);
    if (low < 0 || (low & 0xfc00) !== 0xdc00) return undefined;
    this.index += 12;
    return utf8((((high & 0x3ff) << 10) | (low & 0x3ff)) + 0x10000);
  }
}

const WORDS: readonly (readonly [string, TokenType, LuaValue])[] = [
  ['true', 'T_BOOLEAN', true],
  ['false', 'T_BOOLEAN', false],
  ['null', 'T_NULL', NULL_USERDATA],
];
