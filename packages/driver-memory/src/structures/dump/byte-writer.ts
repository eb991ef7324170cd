import { constants } from 'node:buffer';

const firstCapacity = 256;

/** Bytes that grow at the end. Texts have one char code a byte. */
export class ByteWriter {
  #bytes: Buffer = Buffer.allocUnsafe(firstCapacity);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** All that was written; valid until the next write. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  text(text: string): void {
    this.#room(text.length);
    this.#bytes.write(text, this.#length, 'latin1');
    this.#length += text.length;
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  uint16LE(value: number): void {
    this.#room(2);
    this.#length = this.#bytes.writeUInt16LE(value, this.#length);
  }

  uint32LE(value: number): void {
    this.#room(4);
    this.#length = this.#bytes.writeUInt32LE(value, this.#length);
  }

  uint32BE(value: number): void {
    this.#room(4);
    this.#length = this.#bytes.writeUInt32BE(value, this.#length);
  }

  uint64LE(value: bigint): void {
    this.#room(8);
    this.#length = this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#length);
  }

  uint64BE(value: bigint): void {
    this.#room(8);
    this.#length = this.#bytes.writeBigUInt64BE(BigInt.asUintN(64, value), this.#length);
  }

  doubleLE(value: number): void {
    this.#room(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  /** An integer in so many bytes, lowest first, as two's complement. */
  intLE(value: bigint, size: number): void {
    this.#room(size);
    let rest = BigInt.asUintN(size * 8, value);
    for (let i = 0; i < size; i++) {
      this.#bytes[this.#length++] = Number(rest & 255n);
      rest >>= 8n;
    }
  }

  #room(size: number): void {
    const needed = this.#length + size;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(
      Math.max(needed, Math.min(this.#bytes.length * 2, constants.MAX_LENGTH)),
    );
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
