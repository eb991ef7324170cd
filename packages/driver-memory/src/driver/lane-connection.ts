import { ConnectionError } from '@penknife/core';
import type { LaneConnection } from '@penknife/core/driver-kit';
import { SessionCaller } from './session-caller.js';
import type { Connection, Credentials, World } from './world.js';

/** Opens a lane: one session, which may block, and which never comes back once it is lost. */
export function openLaneConnection(world: World, credentials?: Credentials): LaneConnection {
  let tellLost: (error: unknown) => void = () => undefined;
  let ended = false;
  const lost = new Promise<unknown>((resolve) => {
    tellLost = resolve;
  });
  const session = world.openSession(
    {
      push: () => undefined,
      closed: () => lose(new ConnectionError('the engine closed the connection', { sent: 'maybe' })),
    },
    credentials,
  );
  const caller = new SessionCaller(world, session);
  const connection: Connection = { session, lost: lose, reachable: () => undefined };
  world.join(connection);

  function end(error: ConnectionError): boolean {
    if (ended) return false;
    ended = true;
    world.leave(connection);
    caller.end(error);
    return true;
  }

  function lose(error: ConnectionError): void {
    if (end(error)) tellLost(error);
  }

  const closed = (): Promise<never> =>
    Promise.reject(new ConnectionError('the connection is closed', { sent: 'no' }));
  return {
    id: session.id,
    lost,
    call: (call) => (ended ? closed() : caller.call(call)),
    transaction: (calls) => (ended ? closed() : caller.transaction(calls)),
    close() {
      if (end(new ConnectionError('the lane is closed', { sent: 'maybe' })))
        world.engine.closeSession(session, true);
    },
  };
}
