import type { Codec } from './codec.js';
import { CodecError } from './codec-error.js';

/** Bytes as they are. */
export const bytesCodec: Codec<Uint8Array> = {
  id: 'b',
  name: 'bytes',
  encode(value) {
    if (!(value instanceof Uint8Array)) throw new CodecError('bytes', 'the value is not a Uint8Array');
    return value;
  },
  decode: (data) => data,
};
