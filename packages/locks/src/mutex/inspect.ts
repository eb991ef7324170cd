import { terms } from '../lease/terms.js';
import { processIdLength } from '../lease/tokens.js';
import type { MutexState } from './commands.js';

/** A process in the queue of a lock. */
export interface WaitingProcess {
  /** The id of its `Locks`. */
  readonly process: string;
  /** Server time in ms since 1970 when it took its place. */
  readonly since: number;
  /** Until it is dropped if it stays silent, in ms. */
  readonly silentForMs: number;
}

/** Who holds a lock, and who waits for it. */
export interface LockInspection {
  readonly holder:
    | {
        readonly process: string;
        /** The holder's `owner` option; undefined also while a lock that was handed over waits to be claimed. */
        readonly owner: string | undefined;
        readonly fence: bigint;
        /** Server time in ms since 1970 when it was granted; later than that when the server's clock was set back. */
        readonly since: number;
        readonly ttlMs: number;
      }
    | undefined;
  /** In the order in which they will be served. */
  readonly waiting: readonly WaitingProcess[];
  /** Server time in ms since 1970 of all this. */
  readonly at: number;
}

const { recordSize } = terms;

/** Reads the state of a mutex for people. */
export function inspectionOf(state: MutexState): LockInspection {
  const { serverMs, untilMs, token, owner, fence, waiters } = state;
  const waiting: WaitingProcess[] = [];
  for (let at = 0; at < waiters.length; at += recordSize) {
    const silentForMs = Number(waiters.slice(at + 17, at + 30)) - serverMs;
    // Those that were given back wait for nothing.
    if (silentForMs <= 0 || waiters[at + 16] === 'g') continue;
    const since = Number(waiters.slice(at + 30, at + recordSize));
    waiting.push({ process: waiters.slice(at, at + processIdLength), since, silentForMs });
  }
  const holder =
    untilMs <= serverMs
      ? undefined
      : {
          process: token.slice(0, processIdLength),
          owner: owner === '' ? undefined : owner,
          fence,
          since: Number(fence / 1000n),
          ttlMs: untilMs - serverMs,
        };
  return { holder, waiting, at: serverMs };
}
