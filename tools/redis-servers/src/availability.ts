import { connectBroker } from './broker/broker-connection.js';
import { type FindOptions, findBinary } from './find-binary.js';
import { findBroker } from './find-broker.js';
import { MissingServerError } from './server-binary.js';

/** Prints a line once in a whole vitest run: by the broker, or by this process when there is none. */
async function sayOnce(line: string): Promise<void> {
  const address = await findBroker().catch(() => undefined);
  if (!address) return console.warn(line);
  const connection = connectBroker(address);
  try {
    await connection.call({ method: 'note', line });
  } finally {
    connection.close();
  }
}

/** Whether a server program is there (or could be fetched). Other failures than a missing program reject. */
export async function serversAvailable(options: FindOptions = {}): Promise<boolean> {
  try {
    await findBinary(options);
    return true;
  } catch (error) {
    if (error instanceof MissingServerError) return false;
    throw error;
  }
}

/**
 * For the head of a test file: `describe.skipIf(!(await requireServers()))`. True when a server program is there. When
 * it is missing, this rejects with the `MissingServerError` if CI is set to `true` (or `1`), and otherwise prints its
 * line once and resolves with false.
 */
export async function requireServers(options: FindOptions = {}): Promise<boolean> {
  try {
    await findBinary(options);
    return true;
  } catch (error) {
    if (!(error instanceof MissingServerError)) throw error;
    const { CI } = options.environment ?? process.env;
    if (CI === 'true' || CI === '1') throw error;
    await sayOnce(`skipped: tests that need a server: ${error.message}`);
    return false;
  }
}
