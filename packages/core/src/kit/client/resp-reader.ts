/** What a server says in RESP2, strings as bytes; an error is an `Error` with the server's text. */
export type RespValue = Buffer | number | null | Error | readonly RespValue[];

const incomplete = Symbol('incomplete');

/** Cuts a stream of bytes into RESP2 values. Pieces of a long value are kept as they came and joined once. */
export class RespReader {
  #pieces: Buffer[] = [];
  #length = 0;
  /** No value can be complete before that many bytes are there. */
  #needed = 1;

  /** Takes the next piece and calls back for every value that is complete with it. Throws on what is not RESP2. */
  read(piece: Buffer, value: (value: RespValue) => void): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length < this.#needed) return;
    const bytes = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces);
    const cursor = { bytes, at: 0, needed: 0 };
    let start = 0;
    while (start < bytes.length) {
      const parsed = parse(cursor);
      if (parsed === incomplete) break;
      start = cursor.at;
      value(parsed);
    }
    this.#pieces = start < bytes.length ? [bytes.subarray(start)] : [];
    this.#length = bytes.length - start;
    this.#needed = Math.max(this.#length + 1, cursor.needed - start);
  }
}

interface Cursor {
  readonly bytes: Buffer;
  at: number;
  needed: number;
}

function parse(cursor: Cursor): RespValue | typeof incomplete {
  const { bytes } = cursor;
  const type = bytes[cursor.at];
  const end = bytes.indexOf('\r\n', cursor.at);
  if (end < 0) return incomplete;
  const line = bytes.toString('utf8', cursor.at + 1, end);
  cursor.at = end + 2;
  switch (type) {
    case 0x2b: // +
      return Buffer.from(line);
    case 0x2d: // -
      return new Error(line);
    case 0x3a: // :
      return Number(line);
    case 0x24: // $
      return bulk(cursor, Number(line));
    case 0x2a: // *
      return array(cursor, Number(line));
    default:
      throw new Error(`a RESP2 value cannot start with byte ${type}`);
  }
}

function bulk(cursor: Cursor, length: number): Buffer | null | typeof incomplete {
  if (length < 0) return null;
  const start = cursor.at;
  cursor.needed = start + length + 2;
  if (cursor.needed > cursor.bytes.length) return incomplete;
  cursor.at = cursor.needed;
  return cursor.bytes.subarray(start, start + length);
}

function array(cursor: Cursor, length: number): RespValue[] | null | typeof incomplete {
  if (length < 0) return null;
  const values: RespValue[] = [];
  for (let i = 0; i < length; i++) {
    const value = parse(cursor);
    if (value === incomplete) return incomplete;
    values.push(value);
  }
  return values;
}
