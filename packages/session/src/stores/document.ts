import { InvalidArgumentError } from '@penknife/core';
import type { SessionLike, StoredSession } from './contract.js';
import type { DocumentChange } from './document-store.js';

/**
 * What a session holds, as it is stored: field and JSON. `.name` for data, `;name` for an attribute of its cookie. The cookie's JSON
 * in one piece would be above 64 bytes, and the server keep the session in three times the memory.
 */
export type Fields = ReadonlyMap<string, string>;

const refusedNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const longestName = 256;
/** express-session's, and what @fastify/session notes beside it. */
const expiries: ReadonlySet<string> = new Set([';expires', ';originalExpires']);
/** A cookie with more is kept in one piece. */
const mostAttributes = 32;

/** The fields of a framework's session, without what has no JSON form. */
export function fieldsOf(session: SessionLike): Fields {
  const plain = plainOf(session);
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(plain)) {
    const attributes = name === 'cookie' ? attributesOf(value) : null;
    if (attributes === null) fields.set(`.${checked(name)}`, JSON.stringify(value));
    else for (const [each, inner] of attributes) fields.set(`;${checked(each)}`, JSON.stringify(inner));
  }
  return fields;
}

function plainOf(session: unknown): Record<string, unknown> {
  if (typeof session === 'object' && session !== null) {
    try {
      return JSON.parse(JSON.stringify(session)) as Record<string, unknown>;
    } catch {
      // Circles and numbers of any size have no JSON form: said below, without what they hold.
    }
  }
  throw new InvalidArgumentError('session', 'must be an object that has a JSON form', typeof session);
}

/** The session as a framework gets it. Null when it is not JSON: somebody else wrote it. */
export function sessionOf(fields: Fields): StoredSession | null {
  const session: StoredSession = {};
  try {
    for (const [field, json] of fields) {
      const name = field.slice(1);
      if (refusedNames.has(name)) continue;
      if (field.startsWith('.')) session[name] = JSON.parse(json);
      else if (field.startsWith(';')) cookieOf(session)[name] = JSON.parse(json);
    }
    return session;
  } catch {
    return null;
  }
}

/** What has to be written so that `fields` stand there; of them the cookie alone with `onlyCookie`. */
export function changesFrom(
  base: Fields | undefined,
  fields: Fields,
  onlyCookie: boolean,
): readonly DocumentChange[] {
  const concerned = (field: string): boolean => !onlyCookie || field.startsWith(';') || field === '.cookie';
  const changes: DocumentChange[] = [];
  for (const [field, json] of fields) {
    if (concerned(field) && base?.get(field) !== json) changes.push([field, json]);
  }
  for (const field of base?.keys() ?? []) {
    if (concerned(field) && isKept(field) && !fields.has(field)) changes.push([field, undefined]);
  }
  return changes;
}

/** True when all that changed is when the cookie expires, which every request moves. */
export function onlyExpiryIn(changes: readonly DocumentChange[]): boolean {
  return changes.every(([field]) => expiries.has(field));
}

function isKept(field: string): boolean {
  return field.startsWith('.') || field.startsWith(';');
}

function attributesOf(cookie: unknown): readonly [string, unknown][] | null {
  if (typeof cookie !== 'object' || cookie === null || Array.isArray(cookie)) return null;
  const attributes = Object.entries(cookie);
  return attributes.length > 0 && attributes.length <= mostAttributes ? attributes : null;
}

function cookieOf(session: StoredSession): Record<string, unknown> {
  const { cookie } = session;
  if (typeof cookie === 'object' && cookie !== null) return cookie as Record<string, unknown>;
  const made: Record<string, unknown> = {};
  session.cookie = made;
  return made;
}

function checked(name: string): string {
  if (!refusedNames.has(name) && name.length <= longestName) return name;
  throw new InvalidArgumentError(
    'session',
    `must not have fields that objects treat specially, or longer than ${longestName}`,
    name.slice(0, 32),
  );
}
