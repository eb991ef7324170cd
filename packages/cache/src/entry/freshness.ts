import type { ResolvedFreshness } from '../options.js';
import type { Floors } from './floors.js';
import type { Header } from './header.js';

/** What an entry is good for. */
export type Grade = 'fresh' | 'stale' | 'fallback' | 'gone';

/**
 * Judges an entry by the floors it is under and the server's clock.
 *
 * | age below             | expired by key or floor | grade                                            |
 * |-----------------------|-------------------------|--------------------------------------------------|
 * | ttl                   | no                      | fresh                                            |
 * | ttl + stale while …   | no                      | stale: served, while one process loads           |
 * | ttl + stale if error  | either                  | fallback: served when the load fails             |
 * | –                     | –                       | gone, also when it is under the remove floor     |
 */
export function gradeOf(header: Header, floors: Floors | undefined, serverMs: number): Grade {
  if (floors === undefined || header.origin !== floors.origin || header.position < floors.removeFloor) {
    return 'gone';
  }
  const age = Math.max(0, serverMs - header.createdMs);
  if (!header.expired && header.position >= floors.expireFloor) {
    if (age < header.ttlMs) return 'fresh';
    if (age < header.ttlMs + header.staleWhileRevalidateMs) return 'stale';
  }
  return age < header.ttlMs + header.staleIfErrorMs ? 'fallback' : 'gone';
}

/** How long an entry is kept from its creation, in ms. */
export function lifeOf({ ttlMs, staleWhileRevalidateMs, staleIfErrorMs }: ResolvedFreshness): number {
  return ttlMs + Math.max(staleWhileRevalidateMs, staleIfErrorMs);
}

/**
 * How long before its end an entry is to be loaded anew, in ms: XFetch (Vattani, Chierichetti, Lowenstein, VLDB 2015) draws
 * `-loadMs × beta × ln(u)` with u from (0, 1], so that who loads slowly is called early, and seldom two at once.
 */
export function earlyByMs(loadMs: number, beta: number, fraction: number): number {
  return -loadMs * beta * Math.log(1 - fraction);
}
