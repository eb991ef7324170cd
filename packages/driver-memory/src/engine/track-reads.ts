import { keysOf } from './key-positions.js';
import type { Command, Session } from './session.js';
import type { TrackingState } from './tracking.js';

/** Remembers the keys a session read, when it tracks and has not opted out. */
export function trackReads(session: Session, command: Command, args: readonly string[]): void {
  const state = session.tracking as TrackingState;
  const { caching } = state;
  if (command.name === 'client|caching' || command.name === 'exec') return;
  if (session.queued === undefined && !session.inScript) state.caching = undefined;
  if (!command.isReadOnly) return;
  if (state.optIn && caching !== true) return;
  if (state.optOut && caching === false) return;
  const keys = keysOf(command.signature, args);
  if (keys !== undefined) session.engine.tracking.read(session, keys);
}
