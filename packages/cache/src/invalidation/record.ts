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

/** The record of one tag: the same floors for the entries that bear it. */
export interface TagRecord {
  readonly expireFloor: number;
  readonly removeFloor: number;
  /** When the server lets go of it. */
  readonly untilMs: number;
  /** When and by which process its floors were last raised; 0 and `-`: not since it was made. */
  readonly raisedMs: number;
  readonly raisedBy: string;
}

const form = /^([A-Za-z0-9_-]{8}) (\d+) (\d+) (\d+)$/;
const tagForm = /^(\S+) (\d+) (\d+) (\d+) (\d+) (\S+)$/;

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

/** Reads the record of a tag; undefined when there is none under this origin. */
export function parseTagRecord(text: string, origin: string): TagRecord | undefined {
  const match = tagForm.exec(text);
  if (match === null || match[1] !== origin) return undefined;
  const [, , expireFloor, removeFloor, untilMs, raisedMs, raisedBy] = match;
  return {
    expireFloor: Number(expireFloor),
    removeFloor: Number(removeFloor),
    untilMs: Number(untilMs),
    raisedMs: Number(raisedMs),
    raisedBy: raisedBy as string,
  };
}
