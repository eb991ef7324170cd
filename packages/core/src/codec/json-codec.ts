import type { Codec } from './codec.js';
import { CodecError } from './codec-error.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * JSON. A value that is `undefined` or a function, and one with a bigint or a circle anywhere, is refused with `CodecError`. Inside
 * of a value JSON's own rules hold: fields that are `undefined` or functions are left out; in a list these, and NaN and the
 * infinities anywhere, become `null`. `__proto__` keys stay plain data.
 */
export const jsonCodec: Codec = {
  id: 'j',
  name: 'json',
  encode(value) {
    let text: string | undefined;
    try {
      text = JSON.stringify(value);
    } catch (cause) {
      throw new CodecError('json', 'the value cannot be written as JSON', { cause });
    }
    if (text === undefined) throw new CodecError('json', `a value of type ${typeof value} has no JSON form`);
    return text;
  },
  decode(data) {
    try {
      return JSON.parse(utf8.decode(data));
    } catch (cause) {
      // The parser's own message quotes the data, which may be secret: only its kind is kept.
      throw new CodecError('json', cause instanceof SyntaxError ? 'not JSON' : 'not UTF-8');
    }
  },
};
