import type { SharedConnection, Transport, WireCall } from '../src/driver-kit.js';
import type { ServerError } from '../src/index.js';

/**
 * A transport with one connection for everything, on which each call ends as it is told; `isReady`: whether anything can be
 * written outside of lanes.
 */
export function transportOver(
  call: (call: WireCall) => Promise<unknown>,
  isReady: () => boolean = () => true,
): Transport {
  const connection: SharedConnection = {
    get ready() {
      return isReady();
    },
    call,
    transaction: (calls) => call(calls[0] as WireCall) as Promise<never>,
    close: () => undefined,
  };
  const absent = (): never => {
    throw new Error('not asked for here');
  };
  return {
    topology: 'single',
    open: () => connection,
    openLane: async () => ({ ...connection, id: 1, lost: new Promise(() => undefined) }),
    openLanes: absent,
    openSubscriber: absent,
    nodeOf: async () => '',
    translate: (error) => error as ServerError,
  };
}
