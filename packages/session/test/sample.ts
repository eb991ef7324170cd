import type { Driver } from '@penknife/core';
import {
  createSessions,
  type LoadOutcome,
  type Session,
  type SessionOptions,
  type Sessions,
} from '../src/index.js';

/** The data that most tests keep. */
export type Shop = {
  readonly cart?: readonly string[];
  readonly theme?: string;
  readonly count?: number;
  readonly [other: `n${number}`]: number;
};

/** A secret as tests have them. */
export const secretA: { readonly id: string; readonly secret: string } = {
  id: 'a',
  secret: 'first-'.repeat(8),
};
export const secretB: { readonly id: string; readonly secret: string } = {
  id: 'b',
  secret: 'other-'.repeat(8),
};

/** Sessions with one secret and the given options. */
export function shopSessions(driver: Driver, options: Partial<SessionOptions<Shop>> = {}): Sessions<Shop> {
  return createSessions<Shop>(driver, { secrets: [secretA], ...options });
}

/** The session of a load that must have found one. */
export function live<Data extends object>(outcome: LoadOutcome<Data>): Session<Data> {
  if (!outcome.ok) throw new Error(`no session: ${outcome.reason}`);
  return outcome.session;
}

/** A session's token, which must be known. */
export function tokenOf(session: { readonly token: string | null }): string {
  if (session.token === null) throw new Error('the token is not known here');
  return session.token;
}

/** A stored session of nobody, with a cart. */
export async function visitor(sessions: Sessions<Shop>): Promise<Session<Shop>> {
  const session = sessions.start();
  session.set('cart', ['book']);
  const saved = await session.save();
  if (!saved.ok) throw new Error(saved.reason);
  return session;
}

/** A session of a user. */
export async function member(sessions: Sessions<Shop>, user = 'ann', label?: string): Promise<Session<Shop>> {
  const session = sessions.start();
  const done = await session.login(user, label === undefined ? {} : { label });
  if (!done.ok) throw new Error(done.reason);
  return session;
}

/** The key of a session, from its public id. */
export function keyOf(session: { readonly publicId: string }): string {
  return `pk:ses1:s:{${session.publicId.slice(0, 16)}}:${session.publicId.slice(16)}`;
}

/** The key of the list that a user's session is on. */
export function userKeyOf(session: { readonly publicId: string }): string {
  return `pk:ses1:u:{${session.publicId.slice(0, 16)}}`;
}
