import { constants } from 'node:buffer';
import { ProtocolError } from './protocol-error.js';
import { splitInline } from './split-inline.js';

const star = 42;
const dollar = 36;
const carriageReturn = 13;
const newline = 10;
/** The longest line: an inline command, or a count. As in Redis. */
const longestLine = 64 * 1024;
const mostArguments = 2 ** 31 - 1;
/** What a client that has not logged in may send. As in Redis. */
const unauthenticatedArguments = 10;
const unauthenticatedBytes = 16_384;
/** V8 copies shorter pieces; longer ones would keep the whole chunk alive for as long as they are stored. */
const copiedBelow = 13;
/** What an argument costs beside its bytes, so that a request of a million empty ones is bounded too. */
const perArgument = 32;

/** Bounds of one request. */
export interface RequestLimits {
  /** The longest single argument in bytes. */
  readonly argumentBytes: () => number;
  /** The most a whole request may take. */
  readonly requestBytes: number;
  /** Whether the client has still to log in: then it may send little. */
  readonly unauthenticated: () => boolean;
}

/**
 * Reads commands from a stream of bytes: RESP arrays of bulk strings, and inline commands. What is incomplete waits for
 * more; nothing is allocated by what a client only announces. Texts have one char code a byte.
 */
export class RequestParser {
  readonly #limits: RequestLimits;
  #bytes: Buffer = Buffer.alloc(0);
  #text = '';
  #at = 0;
  /** Chunks that came since, until what was there has been read. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #needed = 0;
  #args: string[] = [];
  #argumentsLeft = 0;
  #bulkLength = -1;
  #requestBytes = 0;

  constructor(limits: RequestLimits) {
    this.#limits = limits;
  }

  /** Bytes held for a request that is not complete, or not yet asked for. */
  get heldBytes(): number {
    return this.#bytes.length - this.#at + this.#waitingBytes + this.#requestBytes;
  }

  /** Only keeps it: what a client sends ahead is joined once, when somebody asks for its commands. */
  feed(chunk: Buffer): void {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
  }

  /** The next whole command; undefined when more bytes are needed. Throws ProtocolError; then the stream is lost. */
  next(): readonly string[] | undefined {
    const args = this.#parse();
    if (args !== undefined || this.#waitingBytes === 0) return args;
    if (this.#bytes.length - this.#at + this.#waitingBytes < this.#needed) return undefined;
    this.#join();
    return this.#parse();
  }

  #join(): void {
    const pieces = this.#waiting;
    if (this.#at < this.#bytes.length) pieces.unshift(this.#bytes.subarray(this.#at));
    const [first] = pieces as [Buffer];
    if (this.#bytes.length - this.#at + this.#waitingBytes > constants.MAX_STRING_LENGTH)
      throw new ProtocolError('too big request');
    this.#bytes = pieces.length === 1 ? first : Buffer.concat(pieces);
    this.#text = this.#bytes.toString('latin1');
    this.#at = 0;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#needed = 0;
  }

  #parse(): readonly string[] | undefined {
    for (;;) {
      if (this.#argumentsLeft === 0) {
        if (this.#at >= this.#text.length) return undefined;
        if (this.#text.charCodeAt(this.#at) !== star) {
          const words = this.#inline();
          if (words === undefined || words.length > 0) return words;
          continue;
        }
        const count = this.#readCount('too big mbulk count string');
        if (count === undefined) return undefined;
        this.#checkCount(count);
        if (count <= 0) continue;
        this.#args = [];
        this.#argumentsLeft = count;
        this.#requestBytes = 0;
      }
      if (!this.#readArguments()) return undefined;
      this.#requestBytes = 0;
      return this.#args;
    }
  }

  #checkCount(count: number): void {
    if (Number.isNaN(count) || count > mostArguments) throw new ProtocolError('invalid multibulk length');
    if (count > unauthenticatedArguments && this.#limits.unauthenticated()) {
      throw new ProtocolError('unauthenticated multibulk length');
    }
  }

  #readArguments(): boolean {
    while (this.#argumentsLeft > 0) {
      if (this.#bulkLength < 0 && !this.#readBulkLength()) return false;
      const start = this.#at;
      const end = start + this.#bulkLength;
      if (end + 2 > this.#text.length) {
        this.#needed = this.#bulkLength + 2;
        return false;
      }
      this.#args.push(
        this.#bulkLength < copiedBelow
          ? this.#text.slice(start, end)
          : this.#bytes.toString('latin1', start, end),
      );
      this.#at = end + 2;
      this.#bulkLength = -1;
      this.#argumentsLeft--;
    }
    return true;
  }

  #readBulkLength(): boolean {
    if (this.#at >= this.#text.length) return false;
    const code = this.#text.charCodeAt(this.#at);
    if (code !== dollar) throw new ProtocolError(`expected '$', got '${String.fromCharCode(code)}'`);
    const length = this.#readCount('too big bulk count string');
    if (length === undefined) return false;
    if (!(length >= 0 && length <= this.#limits.argumentBytes()))
      throw new ProtocolError('invalid bulk length');
    if (length > unauthenticatedBytes && this.#limits.unauthenticated()) {
      throw new ProtocolError('unauthenticated bulk length');
    }
    this.#requestBytes += length + perArgument;
    if (this.#requestBytes > this.#limits.requestBytes) throw new ProtocolError('too big request');
    this.#bulkLength = length;
    return true;
  }

  /** The number behind the first character of a line; NaN for what is none; undefined for a line that has no end yet. */
  #readCount(tooLong: string): number | undefined {
    const text = this.#text;
    let at = this.#at + 1;
    let value = 0;
    let digits = 0;
    // The common case, digits only, without a slice.
    for (; at < text.length; at++) {
      const digit = text.charCodeAt(at) - 48;
      if (digit < 0 || digit > 9 || digits > 14) break;
      value = value * 10 + digit;
      digits++;
    }
    if (at + 1 < text.length && digits > 0 && text.charCodeAt(at) === carriageReturn) {
      const leadingZero = digits > 1 && text.charCodeAt(this.#at + 1) === 48;
      this.#at = at + 2;
      return leadingZero ? Number.NaN : value;
    }
    const end = text.indexOf('\r', this.#at);
    if ((end < 0 ? text.length : end) - this.#at > longestLine) throw new ProtocolError(tooLong);
    if (end < 0 || end + 1 >= text.length) return undefined;
    const line = text.slice(this.#at + 1, end);
    this.#at = end + 2;
    return /^-?[1-9]\d{0,15}$|^0$/.test(line) ? Number(line) : Number.NaN;
  }

  #inline(): string[] | undefined {
    const end = this.#text.indexOf('\n', this.#at);
    if ((end < 0 ? this.#text.length : end) - this.#at > longestLine) {
      throw new ProtocolError('too big inline request');
    }
    if (end < 0) return undefined;
    const last = end > this.#at && this.#text.charCodeAt(end - 1) === carriageReturn ? end - 1 : end;
    const line = this.#bytes.toString('latin1', this.#at, last);
    this.#at = end + (this.#text.charCodeAt(end) === newline ? 1 : 0);
    return splitInline(line);
  }
}
