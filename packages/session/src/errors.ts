import { isUnavailable, PenknifeError, type Sent, sentOf } from '@penknife/core';

/**
 * The session could not be asked for or written: the server is away, too slow or cannot serve now. `statusCode` is 503.
 * Never to be taken for "no session". `sent: 'maybe'`: the change may have been made. `cause` is the driver's error.
 */
export class SessionUnavailableError extends PenknifeError {
  readonly kind = 'session-unavailable';
  readonly statusCode = 503;
  readonly sent: Sent;

  constructor(cause: PenknifeError) {
    super('SESSION_UNAVAILABLE', 'the session store cannot be reached', { cause });
    this.sent = sentOf(cause);
  }
}

/** The user proved who they are too long ago for what they ask. `statusCode` is 401. */
export class NotFreshError extends PenknifeError {
  readonly kind = 'session-not-fresh';
  readonly statusCode = 401;
  readonly maxAgeMs: number;

  constructor(maxAgeMs: number) {
    super('SESSION_NOT_FRESH', `this needs a login within the last ${maxAgeMs} ms`);
    this.maxAgeMs = maxAgeMs;
  }
}

/** A request that changes something came without the token of its session: somebody else's page may have sent it. `statusCode` is 403. */
export class CsrfError extends PenknifeError {
  readonly kind = 'session-csrf';
  readonly statusCode = 403;

  constructor() {
    super('SESSION_CSRF', 'the token of the session is missing or not its own');
  }
}

/** More fields or bytes than a session may hold; nothing was written. `statusCode` is 413. */
export class SessionLimitError extends PenknifeError {
  readonly kind = 'session-limit';
  readonly statusCode = 413;
  readonly limit: 'fields' | 'bytes';

  constructor(limit: 'fields' | 'bytes', most: number) {
    super('SESSION_LIMIT', `a session holds at most ${most} ${limit}; nothing was written`);
    this.limit = limit;
  }
}

/** Thrown by adapters when a response would be sent although a change that it rests on met a conflict. `statusCode` is 409. */
export class SessionConflictError extends PenknifeError {
  readonly kind = 'session-conflict';
  readonly statusCode = 409;
  readonly fields: readonly string[];

  constructor(fields: readonly string[]) {
    super(
      'SESSION_CONFLICT',
      `another request changed the session's ${fields.join(', ') || 'version'} first`,
    );
    this.fields = fields;
  }
}

/**
 * Thrown by adapters when a response would be sent although what it changed in its session was not kept: the session was ended, or
 * replaced by a login, while the request ran. `statusCode` is 409.
 */
export class SessionEndedError extends PenknifeError {
  readonly kind = 'session-ended';
  readonly statusCode = 409;

  constructor() {
    super('SESSION_ENDED', 'the session ended before what the request changed in it was saved');
  }
}

/** A session was used after it had ended, or in a way its state forbids: a mistake of the program. */
export class SessionStateError extends PenknifeError {
  readonly kind = 'session-state';

  constructor(message: string) {
    super('SESSION_STATE', message);
  }
}

/** The error to show for a failed call: outages have a name of their own, everything else stays as it is. */
export function shownError(error: unknown): unknown {
  return isUnavailable(error) ? new SessionUnavailableError(error) : error;
}
