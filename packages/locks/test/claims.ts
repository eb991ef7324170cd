import type { HoldingEvent } from '@penknife/testing';

/** One lock as its holder saw it, on the clock that all processes of the machine share. */
export interface Claim {
  readonly holder: string;
  readonly fence: bigint;
  readonly grantedAtMs: number;
  /** The end of the lease, as the handle last promised it. */
  untilMs: number;
  /** Before the release was sent; undefined: it never came to that. */
  endedAtMs: number | undefined;
  /** The handle said that it was lost. */
  lost: boolean;
  /**
   * How often a timer of every millisecond ran in its process after the handle's own deadline and before its signal fired, or
   * somebody looked: a process that is stopped runs none.
   */
  beatsPastDeadline: number;
}

/**
 * What holders promised, as events for the checkers: a holding ends when it was released, or where its handle's promise ends.
 * A stopped process can note nothing; what its handle had promised before counts, and no more.
 */
export function holdings(claims: readonly Claim[]): HoldingEvent[] {
  const events = claims.flatMap(({ holder, fence, grantedAtMs, untilMs, endedAtMs }) => {
    const resource = 'hot';
    const endedMs = Math.min(untilMs, endedAtMs ?? Number.POSITIVE_INFINITY);
    return [
      { atMs: grantedAtMs, event: { type: 'granted', resource, holder, fence } as const },
      { atMs: endedMs, event: { type: 'ended', resource, holder } as const },
    ];
  });
  return events.sort((a, b) => a.atMs - b.atMs).map(({ event }) => event);
}

/** Timers of one turn of the event loop run in any order, and a deadline is no whole millisecond. */
export const mostBeats = 5;

/** Holders that lost their lock, and whose process ran on past its deadline before the signal fired. */
export function toldLate(claims: readonly Claim[]): string[] {
  return claims
    .filter(({ lost, beatsPastDeadline }) => lost && beatsPastDeadline > mostBeats)
    .map(
      ({ holder, beatsPastDeadline }) => `${holder} ran on for ${beatsPastDeadline} ms before it was told`,
    );
}

/** Guarded writes that came after those of a later holder. */
export function staleWrites(fences: readonly bigint[]): string[] {
  let newest = 0n;
  const found: string[] = [];
  for (const fence of fences) {
    if (fence < newest) found.push(`${fence} was written after ${newest}`);
    else newest = fence;
  }
  return found;
}
