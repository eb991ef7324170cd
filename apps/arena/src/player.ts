import { createHash } from 'node:crypto';

/** The name a visitor plays under: short, the same on every visit, and no way back to the cookie. */
export function playerOf(visitor: string): string {
  return `player-${createHash('sha256').update(visitor).digest('hex').slice(0, 6)}`;
}
