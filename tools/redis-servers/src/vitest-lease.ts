import { inject } from 'vitest';
import type { BrokerAddress } from './broker/protocol.js';

declare module 'vitest' {
  interface ProvidedContext {
    penknifeServers: BrokerAddress;
  }
}

/** The broker's address that the global setup provided; undefined when the setup did not run. */
export function providedBroker(): BrokerAddress | undefined {
  return inject('penknifeServers');
}
