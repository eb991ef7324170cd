import { PenknifeError, type PenknifeErrorOptions } from '../errors/penknife-error.js';

/** Data that could not be encoded or decoded. Names the codec and the reason, never the data. */
export class CodecError extends PenknifeError {
  readonly kind = 'codec';

  constructor(codec: string, reason: string, options?: PenknifeErrorOptions) {
    super('CODEC', `${codec}: ${reason}`, options);
  }
}
