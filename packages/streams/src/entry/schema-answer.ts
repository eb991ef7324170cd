import { SchemaError, type SchemaIssue, type SchemaResult } from '@penknife/core';

/** True for a promise of whatever library or realm. */
export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as Partial<PromiseLike<T>> | null | undefined)?.then === 'function';
}

/** The issues of a schema as an error. A schema is the user's: issues that are no list are issues all the same. */
export function issuesOf(subject: string, issues: readonly SchemaIssue[]): SchemaError {
  try {
    return new SchemaError(subject, issues);
  } catch {
    return new SchemaError(subject, [{ message: 'its schema gave issues that cannot be read' }]);
  }
}

/** Refuses what a schema does not take, or gives no answer to. Throws `SchemaError`. */
export function refuseUnfit(subject: string, result: SchemaResult<unknown>): void {
  if (typeof result !== 'object' || result === null)
    throw new SchemaError(subject, [{ message: 'its schema gave no result' }]);
  if (result.issues !== undefined) throw issuesOf(subject, result.issues);
}
