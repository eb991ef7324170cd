/** A write or a read of a key whose values carry a version that every write raises; noted when it begins and when it is done. */
export type VersionEvent =
  | { readonly type: 'writing' | 'written'; readonly key: string; readonly version: number }
  | { readonly type: 'reading'; readonly key: string; readonly read: string }
  | {
      readonly type: 'read';
      readonly key: string;
      /** The same, and unique, as when it began. */
      readonly read: string;
      readonly version: number;
    };

interface Seen {
  readonly version: number;
  readonly atMs: number;
}

/**
 * No stale read: reads that gave less than what was written, or read, before they began; and reads of what nobody had begun
 * to write. Empty when nothing is wrong. With `toleranceMs` a read may be behind by what became known within so long before
 * it began (the lease of a local copy).
 */
export function staleReads(events: readonly { readonly atMs: number }[], toleranceMs = 0): string[] {
  const known = new Map<string, Seen[]>();
  const begun = new Map<string, number>();
  const floors = new Map<string, number>();
  const complaints: string[] = [];
  const floorOf = (key: string, atMs: number): number =>
    (known.get(key) ?? []).reduce(
      (floor, seen) => (seen.atMs <= atMs - toleranceMs ? Math.max(floor, seen.version) : floor),
      0,
    );
  for (const event of events as readonly (VersionEvent & { readonly atMs: number })[]) {
    const { key, atMs } = event;
    if (event.type === 'reading') floors.set(event.read, floorOf(key, atMs));
    if (event.type === 'writing') begun.set(key, Math.max(begun.get(key) ?? 0, event.version));
    if (event.type !== 'written' && event.type !== 'read') continue;
    if (event.type === 'read') {
      const floor = floors.get(event.read);
      if (floor === undefined) complaints.push(`${event.read} of ${key} ended and had not begun`);
      else if (event.version < floor)
        complaints.push(
          `${event.read} of ${key} gave version ${event.version}, and ${floor} was known when it began`,
        );
      if (event.version > (begun.get(key) ?? 0))
        complaints.push(
          `${event.read} of ${key} gave version ${event.version}, which nobody had begun to write`,
        );
    }
    const seen = known.get(key) ?? [];
    known.set(key, seen);
    // Only what is above all before it can ever be a floor.
    if (event.version > (seen.at(-1)?.version ?? Number.NEGATIVE_INFINITY))
      seen.push({ version: event.version, atMs });
  }
  return complaints;
}
