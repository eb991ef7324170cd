import { PenknifeError } from '../errors/penknife-error.js';

/** The part of Standard Schema (v1, the interface shared by zod, valibot, arktype and others) that validation needs. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema answers: the value, or what is wrong with it. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One complaint of a schema. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A value that does not fit its schema. `issues` are the schema's own words. */
export class SchemaError extends PenknifeError {
  readonly kind = 'schema';
  readonly issues: readonly SchemaIssue[];

  constructor(subject: string, issues: readonly SchemaIssue[]) {
    const where = issues.map((issue) => pathOf(issue)).filter((path) => path !== '');
    super('SCHEMA', `${subject} does not fit its schema${where.length > 0 ? ` at ${where.join(', ')}` : ''}`);
    this.issues = issues;
  }
}

function pathOf(issue: SchemaIssue): string {
  return (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step)).join('.');
}

/** Validates, resolving to the schema's output; rejects with `SchemaError`. */
export async function validate<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
  subject: string,
): Promise<Output> {
  const result = await schema['~standard'].validate(value);
  if (result.issues !== undefined) throw new SchemaError(subject, result.issues);
  return result.value;
}
