const firstCapacity = 64;

/**
 * Bytes that change in place and grow at the end, filled with zeros: the string behind SETBIT, SETRANGE and BITFIELD,
 * where copying the whole value for each write would cost its length.
 */
export class MutableBytes {
  #bytes: Buffer;
  #length: number;

  constructor(text: string) {
    this.#length = text.length;
    this.#bytes = Buffer.alloc(Math.max(firstCapacity, text.length));
    this.#bytes.write(text, 'latin1');
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes now; valid until the next `grow`. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Makes the value at least `length` bytes long. */
  grow(length: number): void {
    if (length <= this.#length) return;
    if (length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(length, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#length = length;
  }

  /** Overwrites from `offset` on, growing as needed. */
  write(offset: number, text: string): void {
    this.grow(offset + text.length);
    this.#bytes.write(text, offset, 'latin1');
  }

  toString(): string {
    return this.#bytes.toString('latin1', 0, this.#length);
  }
}
