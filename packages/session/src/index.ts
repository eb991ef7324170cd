export type { ChangeOptions, LoginOptions, RegenerateOptions, SetOptions } from './call-options.js';
export type { DeviceInfo, SessionSummary } from './device.js';
export {
  CsrfError,
  NotFreshError,
  SessionConflictError,
  SessionEndedError,
  SessionLimitError,
  SessionStateError,
  SessionUnavailableError,
} from './errors.js';
export type { ExpiredSession, ExpiryOptions, ExpiryWatch } from './expiry/watch-expiry.js';
export type { SessionSecret } from './key-ring.js';
export { sessionKeys } from './keys.js';
export type { ReplayEvent, SessionData, SessionOptions } from './options.js';
export type { Gone, LoginOutcome, SaveOutcome } from './outcome.js';
export type { Session } from './session.js';
export { createSessions, type LoadOutcome, type Sessions } from './sessions.js';
export type {
  Callback,
  FrameworkStore,
  SessionLike,
  SessionStoreOptions,
  StoredSession,
} from './stores/contract.js';
export type { SessionEnd, SessionWatch } from './watch/watched-sessions.js';
