/** What a session is, besides its data. Times are ms of the server's clock. */
export interface SessionFacts {
  /** Layout, codec and version of its data. */
  readonly marker: string;
  readonly generation: string;
  readonly user: string | null;
  readonly createdMs: number;
  readonly seenMs: number;
  readonly rotatedMs: number;
  readonly freshMs: number;
  readonly endsMs: number;
}

const markerStart = 'L1j';

/** The marker that sessions of this version carry. */
export function markerOf(version: number): string {
  return markerStart + version;
}

/** The version of the data under a marker; null for a layout or codec that this program does not know. */
export function versionOf(marker: string): number | null {
  const version = marker.startsWith(markerStart) ? Number(marker.slice(markerStart.length)) : Number.NaN;
  return Number.isSafeInteger(version) && version > 0 ? version : null;
}

/** Reads a session's own fields, as `session-state.lua` describes them. */
export function readFacts(head: string, since: string, user: string | null): SessionFacts {
  const [marker = '', generation = '', born = '', ends = '', rotated = '', fresh = ''] = head.split(' ');
  const createdMs = Number(born);
  return {
    marker,
    generation,
    user,
    createdMs,
    seenMs: createdMs + Number(since),
    rotatedMs: createdMs + Number(rotated),
    freshMs: createdMs + Number(fresh),
    endsMs: createdMs + Number(ends),
  };
}
