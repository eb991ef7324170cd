/** Turns values into what travels and back. `id` is one character, written into the envelope so that formats can change between deploys. */
export interface Codec<T = unknown> {
  readonly id: string;
  readonly name: string;
  encode(value: T): string | Uint8Array;
  /** Throws `CodecError` when the bytes are not of this codec. */
  decode(data: Uint8Array): T;
}
