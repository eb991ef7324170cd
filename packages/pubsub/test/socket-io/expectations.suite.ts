import type { MatrixContext } from '@penknife/matrix';
import { broadcastExpectations } from './broadcast-expectations.js';
import { recoveryExpectations } from './recovery-expectations.js';
import { serverExpectations } from './server-expectations.js';
import { socketExpectations } from './socket-expectations.js';

/**
 * What socket.io expects of an adapter for several servers: the cases of the test suites of `socket.io-adapter` (its cluster
 * adapter), `@socket.io/redis-adapter` and `@socket.io/redis-streams-adapter`, each under the name it has there. Left out:
 * `allRooms` and the custom parser, which are the second's alone.
 */
export function expectationsSuite(context: MatrixContext): void {
  broadcastExpectations(context);
  socketExpectations(context);
  serverExpectations(context);
  recoveryExpectations(context);
}
