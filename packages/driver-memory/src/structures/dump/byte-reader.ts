/** A payload that does not hold what it says it holds. */
export class CorruptPayloadError extends Error {
  override readonly name = 'CorruptPayloadError';
}

/** Reads bytes from the front; throws CorruptPayloadError beyond their end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    return this.#bytes[this.#take(1)] as number;
  }

  raw(size: number): Buffer {
    const at = this.#take(size);
    return this.#bytes.subarray(at, at + size);
  }

  text(size: number): string {
    const at = this.#take(size);
    return this.#bytes.toString('latin1', at, at + size);
  }

  uint16LE(): number {
    return this.#bytes.readUInt16LE(this.#take(2));
  }

  uint32LE(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  uint32BE(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  uint64LE(): bigint {
    return this.#bytes.readBigUInt64LE(this.#take(8));
  }

  uint64BE(): bigint {
    return this.#bytes.readBigUInt64BE(this.#take(8));
  }

  doubleLE(): number {
    return this.#bytes.readDoubleLE(this.#take(8));
  }

  /** A signed integer of so many bytes, lowest first. */
  intLE(size: number): bigint {
    let value = 0n;
    const at = this.#take(size);
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[at + i] as number);
    return BigInt.asIntN(size * 8, value);
  }

  #take(size: number): number {
    const at = this.#at;
    if (size < 0 || at + size > this.#bytes.length)
      throw new CorruptPayloadError('the payload ends too early');
    this.#at = at + size;
    return at;
  }
}
