import { SchemaError, type StandardSchema, UnsupportedError } from '@penknife/core';

/**
 * What a schema makes of a value, at once: messages keep their order, so a schema that answers with a promise is refused.
 * Throws `SchemaError`, or `UnsupportedError`.
 */
export function validateNow<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
  subject: string,
): Output {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) {
    // Its outcome is nobody's any more.
    result.catch(() => undefined);
    throw new UnsupportedError(
      'the schema of a channel must be synchronous, or messages would lose their order',
    );
  }
  if (result.issues !== undefined) throw new SchemaError(subject, result.issues);
  return result.value;
}
