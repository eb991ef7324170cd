import type { HeldSession } from './held-session.js';

/**
 * What a token is bound to: the tag that a session keeps through its ids, and with a user, who has one tag for all sessions, also
 * the moment of the login.
 */
function subjectOf<Data extends object>({ place, facts }: HeldSession<Data>): string {
  return facts === null || facts.user === null ? place.tag : `${place.tag}.${facts.createdMs}`;
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
