import { LuaSyntaxError } from '../runtime/errors.js';
import { stringToNumber } from '../runtime/number-parse.js';

/** Words that are tokens of their own. */
const RESERVED: ReadonlySet<string> = new Set(
  'and break do else elseif end false for function if in local nil not or repeat return then true until while'.split(
    ' ',
  ),
);

const LONG_SYMBOLS = ['...', '..', '==', '>=', '<=', '~='];

/**
 * One token. `type` is the token's own text for words and symbols, otherwise `<name>`, `<string>`, `<number>` or
 * `<eof>`, as Lua's messages call them; `text` is what messages quote after "near".
 */
export interface Token {
  type: string;
  text: string;
  value: string;
  number: number;
  line: number;
}

const isDigit = (char: string): boolean => char >= '0' && char <= '9';
const isNameStart = (char: string): boolean => /^[A-Za-z_]$/.test(char);
const isNamePart = (char: string): boolean => /^[A-Za-z0-9_]$/.test(char);
const isNewline = (char: string): boolean => char === '\n' || char === '\r';

/** Lua 5.1's scanner over a byte string. Errors carry the texts of llex.c. */
export class Lexer {
  readonly chunk: string;
  private readonly source: string;
  private index = 0;
  private line = 1;

  constructor(source: string, chunk: string) {
    this.source = source;
    this.chunk = chunk;
  }

  /** Throws `chunk:line: message near 'text'`. */
  fail(message: string, near: string | undefined, line: number = this.line): never {
    // Messages are C strings: a zero byte ends what is shown of the token.
    const shown = near?.split('\0', 1)[0];
    throw new LuaSyntaxError(
      `${this.chunk}:${line}: ${message}${shown === undefined ? '' : ` near '${shown}'`}`,
    );
  }

  /** Reads the next token. */
  next(): Token {
    this.skipBlank();
    const start = this.index;
    const char = this.source[start];
    if (char === undefined) return this.token('<eof>', '<eof>');
    if (isNameStart(char)) {
      while (isNamePart(this.source[this.index] ?? '')) this.index++;
      const word = this.source.slice(start, this.index);
      return RESERVED.has(word) ? this.token(word, word) : this.token('<name>', word, word);
    }
    if (isDigit(char) || (char === '.' && isDigit(this.source[start + 1] ?? ''))) return this.readNumber();
    if (char === '"' || char === "'") return this.readString(char);
    if (char === '[') {
      const level = this.longBracketLevel();
      if (level >= 0) {
        const value = this.readLongBracket(level, 'unfinished long string');
        return this.token('<string>', this.source.slice(start, this.index), value);
      }
      if (this.source[start + 1] === '=')
        this.fail('invalid long string delimiter', this.source.slice(start, this.index + 1));
    }
    if (char === '.') return this.readDots();
    for (const symbol of LONG_SYMBOLS) {
      if (this.source.startsWith(symbol, start)) {
        this.index += symbol.length;
        return this.token(symbol, symbol);
      }
    }
    this.index++;
    const code = char.charCodeAt(0);
    return this.token(char, code < 32 ? `char(${code})` : char);
  }

  private token(type: string, text: string, value = '', number = 0): Token {
    return { type, text, value, number, line: this.line };
  }

  private skipBlank(): void {
    for (;;) {
      const char = this.source[this.index];
      if (char === undefined) return;
      if (isNewline(char)) this.skipNewline();
      else if (char === ' ' || char === '\t' || char === '\v' || char === '\f') this.index++;
      else if (char === '-' && this.source[this.index + 1] === '-') this.skipComment();
      else return;
    }
  }

  /** \r\n and \n\r count as one line. */
  private skipNewline(): void {
    const char = this.source[this.index]!;
    this.index++;
    const following = this.source[this.index];
    if (following !== undefined && isNewline(following) && following !== char) this.index++;
    this.line++;
  }

  private skipComment(): void {
    this.index += 2;
    if (this.source[this.index] === '[') {
      const level = this.longBracketLevel();
      if (level >= 0) {
        this.readLongBracket(level, 'unfinished long comment');
        return;
      }
    }
    while (this.index < this.source.length && !isNewline(this.source[this.index]!)) this.index++;
  }

  /** The number of `=` in an opening long bracket at the current place, or -1. */
  private longBracketLevel(): number {
    let end = this.index + 1;
    while (this.source[end] === '=') end++;
    return this.source[end] === '[' ? end - this.index - 1 : -1;
  }

  private readLongBracket(level: number, unfinished: string): string {
    this.index += level + 2;
    if (isNewline(this.source[this.index] ?? '')) this.skipNewline();
    const close = `]${'='.repeat(level)}]`;
    let value = '';
    for (;;) {
      const char = this.source[this.index];
      if (char === undefined) this.fail(unfinished, '<eof>');
      if (char === ']' && this.source.startsWith(close, this.index)) {
        this.index += close.length;
        return value;
      }
      if (char === '[' && level === 0 && this.source[this.index + 1] === '[') {
        this.fail('nesting of [[...]] is deprecated', '[');
      }
      if (isNewline(char)) {
        this.skipNewline();
        value += '\n';
      } else {
        value += char;
        this.index++;
      }
    }
  }

  /** `.`, `..`, `...`. Lua looks the next byte up in the text ".", where it finds the zero that ends it, too. */
  private readDots(): Token {
    const isDot = (index: number): boolean => this.source[index] === '.' || this.source[index] === '\0';
    let count = 1;
    while (count < 3 && isDot(this.index + count)) count++;
    this.index += count;
    const dots = '.'.repeat(count);
    return this.token(dots, dots);
  }

  private readNumber(): Token {
    const start = this.index;
    const at = (index: number): string => this.source[index] ?? '';
    while (isDigit(at(this.index)) || at(this.index) === '.') this.index++;
    // As with the dots, a zero byte passes for the E and for the sign; the number ends before it.
    if (/^[eE\0]$/.test(at(this.index))) {
      this.index++;
      if (/^[+\-\0]$/.test(at(this.index))) this.index++;
    }
    while (isNamePart(at(this.index))) this.index++;
    const text = this.source.slice(start, this.index).split('\0', 1)[0] as string;
    const number = stringToNumber(text);
    if (number === undefined) this.fail('malformed number', text);
    return this.token('<number>', text, '', number);
  }

  private readString(quote: string): Token {
    const start = this.index;
    this.index++;
    let value = '';
    for (;;) {
      const char = this.source[this.index];
      if (char === undefined) this.fail('unfinished string', '<eof>');
      if (isNewline(char)) this.fail('unfinished string', quote + value);
      this.index++;
      if (char === quote) return this.token('<string>', this.source.slice(start, this.index), value);
      value += char === '\\' ? this.readEscape(quote + value) : char;
    }
  }

  private readEscape(before: string): string {
    const char = this.source[this.index];
    if (char === undefined) return '';
    if (isNewline(char)) {
      this.skipNewline();
      return '\n';
    }
    if (isDigit(char)) {
      let code = 0;
      for (let count = 0; count < 3 && isDigit(this.source[this.index] ?? ''); count++) {
        code = code * 10 + Number(this.source[this.index]);
        this.index++;
      }
      if (code > 255) this.fail('escape sequence too large', before);
      return String.fromCharCode(code);
    }
    this.index++;
    const known = 'abfnrtv'.indexOf(char);
    return known < 0 ? char : '\x07\b\f\n\r\t\v'[known]!;
  }
}
