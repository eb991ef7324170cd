import { InvalidArgumentError } from './errors/invalid-argument-error.js';

/** Anything with an orderly end. */
export interface Closable {
  close(): Promise<void>;
}

/** Closes handles one after another in the given order, all of them even when one fails; then rejects with what failed. */
export async function shutdown(...handles: readonly Closable[]): Promise<void> {
  for (const handle of handles) {
    if (typeof handle?.close !== 'function')
      throw new InvalidArgumentError('handle', 'must have a close method', handle);
  }
  const failures: unknown[] = [];
  for (const handle of handles) {
    try {
      await handle.close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} handles failed to close`);
}
