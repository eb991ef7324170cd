import type { Codec } from '../codec/codec.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

/** Checks a codec that somebody wrote, for those whom no types tell. Gives it back; throws `InvalidArgumentError`. */
export function checkCodec<C extends Pick<Codec, 'id' | 'name'>>(argument: string, codec: C): C {
  const { id, encode, decode } = (codec ?? {}) as Partial<Codec>;
  if (typeof encode !== 'function' || typeof decode !== 'function' || !/^[!-~]$/.test(String(id)))
    throw new InvalidArgumentError(
      argument,
      'must be a codec: { id, name, encode, decode }, its id one visible ASCII character',
      codec,
    );
  return codec;
}

/** Checks a schema, which may be a function with fields, as those of arktype are. Gives it back; throws `InvalidArgumentError`. */
export function checkSchema<S extends { readonly '~standard': { readonly validate: unknown } }>(
  argument: string,
  schema: S,
): S {
  if (typeof schema?.['~standard']?.validate !== 'function')
    throw new InvalidArgumentError(argument, 'must be a Standard Schema (zod, valibot, arktype, …)', schema);
  return schema;
}
