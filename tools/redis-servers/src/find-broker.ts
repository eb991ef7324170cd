import type { BrokerAddress } from './broker/protocol.js';

/**
 * The broker of the running vitest. The module that imports vitest is loaded only here, so that everything else works
 * outside of vitest too. Rejects when vitest does not run this process or runs without the global setup.
 */
export async function findBroker(): Promise<BrokerAddress> {
  const address = process.env.VITEST ? (await import('./vitest-lease.js')).providedBroker() : undefined;
  if (!address) {
    throw new Error(
      'no broker of test servers: leases work in vitest with the global setup vitest-setup.ts; elsewhere start servers',
    );
  }
  return address;
}
