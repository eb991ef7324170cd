import type { InvalidationRecord } from '../invalidation/record.js';
import type { Header } from './header.js';

/** What an entry is good for. */
export type Grade = 'fresh' | 'stale' | 'fallback' | 'gone';

/**
 * Judges an entry by the record and the server's clock.
 *
 * | age below             | expired by key or floor | grade                                            |
 * |-----------------------|-------------------------|--------------------------------------------------|
 * | ttl                   | no                      | fresh                                            |
 * | ttl + stale while …   | no                      | stale: served, while one process loads           |
 * | ttl + stale if error  | either                  | fallback: served when the load fails             |
 * | –                     | –                       | gone, also when it is under the remove floor     |
 *
 * Early refresh belongs here: `loadMs` is in the header for it.
 */
export function gradeOf(header: Header, record: InvalidationRecord, serverMs: number): Grade {
  if (header.origin !== record.origin || header.position < record.removeFloor) return 'gone';
  const age = Math.max(0, serverMs - header.createdMs);
  if (!header.expired && header.position >= record.expireFloor) {
    if (age < header.ttlMs) return 'fresh';
    if (age < header.ttlMs + header.staleWhileRevalidateMs) return 'stale';
  }
  return age < header.ttlMs + header.staleIfErrorMs ? 'fallback' : 'gone';
}

/** How long an entry is kept from its creation, in ms. */
export function lifeOf(header: Header): number {
  return header.ttlMs + Math.max(header.staleWhileRevalidateMs, header.staleIfErrorMs);
}
