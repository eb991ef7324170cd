/** The invalidation record of a cache as the server keeps it. Positions count invalidations since the origin. */
export interface InvalidationRecord {
  /** New whenever the record was lost: entries and positions of another origin mean nothing. */
  readonly origin: string;
  readonly position: number;
  /** Entries stamped below are expired: a fallback for errors at most. */
  readonly expireFloor: number;
  /** Entries stamped below are gone. */
  readonly removeFloor: number;
}

const form = /^([A-Za-z0-9_-]{8}) (\d+) (\d+) (\d+)$/;

/** Reads a record; undefined when the text is none. */
export function parseRecord(text: string): InvalidationRecord | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, origin, position, expireFloor, removeFloor] = match;
  return {
    origin: origin as string,
    position: Number(position),
    expireFloor: Number(expireFloor),
    removeFloor: Number(removeFloor),
  };
}
