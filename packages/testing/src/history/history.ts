import { machineTimeMs } from '../processes/machine-time.js';

/** Something that happened: by whose note, and when. */
export type Noted<Event extends object> = Event & { readonly by: string; readonly atMs: number };

/** What several processes saw, in the order in which it happened. Plain values: they travel between processes. */
export interface History<Event extends object> {
  /** Everything so far, oldest first. What has one time stands in the order in which it was noted. */
  readonly events: readonly Noted<Event>[];
  /** Notes an event now. */
  note(event: Event): void;
  /** Adds what another process noted. Its times must be of the same clock. */
  add(...events: readonly Noted<Event>[]): void;
}

/** Whose notes they are, and the clock they are noted by. */
export interface HistoryOptions {
  /** The process. Default: its id. */
  readonly by?: string;
  /** Default: `machineTimeMs`, which all processes of this machine share. Under a manual clock its `monotonic`. */
  readonly nowMs?: () => number;
}

/**
 * Starts a history. The checkers read `events`; each looks at its own kinds and passes over the others, so one history may
 * serve several. What counts is when a note is taken: the end of holding *before* the release is sent, a grant *after* its
 * reply came, the end of a write after its acknowledgement. Then what a checker complains of did happen.
 */
export function createHistory<Event extends object>(options: HistoryOptions = {}): History<Event> {
  const { by = String(process.pid), nowMs = machineTimeMs } = options;
  const events: Noted<Event>[] = [];
  let sorted = true;
  const add = (event: Noted<Event>): void => {
    const last = events.at(-1);
    if (last !== undefined && last.atMs > event.atMs) sorted = false;
    events.push(event);
  };
  return {
    get events() {
      if (!sorted) events.sort((a, b) => a.atMs - b.atMs);
      sorted = true;
      return events;
    },
    note: (event) => add({ ...event, by, atMs: nowMs() }),
    add: (...noted) => noted.forEach(add),
  };
}
