import type { HeldSession } from './held-session.js';

/**
 * What a token is bound to: the tag that a session without a user keeps through its ids; with a user, whose tag another secret
 * changes, the user and the moment of the login.
 */
function subjectOf<Data extends object>({ place, facts }: HeldSession<Data>): string {
  return facts === null || facts.user === null ? place.tag : `${facts.createdMs}.${facts.user}`;
}

/** A token of this session; a new one has to be stored then, or nobody could tell it later. */
export function csrfTokenOf<Data extends object>(held: HeldSession<Data>): string {
  const { driver, options } = held.store;
  if (held.facts === null) held.wanted = true;
  return options.ring.csrfToken(subjectOf(held), driver.random);
}

/** True for a token of this session, while it lives. */
export function isCsrfTokenOf<Data extends object>(held: HeldSession<Data>, token: unknown): boolean {
  return held.state === 'live' && held.store.options.ring.isCsrfToken(subjectOf(held), token);
}
