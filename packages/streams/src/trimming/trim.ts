import type { CallOptions, Sender } from '@penknife/core';
import { type MissedByGroup, trimOnce } from '../commands/trim.js';
import type { ResolvedTrim } from './trim-options.js';

/** What a trim did. */
export interface TrimReport {
  readonly removed: number;
  /** What groups lost, by group; empty when nothing was lost. Never anything with `unread: 'keep'`. */
  readonly missed: readonly MissedByGroup[];
  /** Entries that were copied aside before they went. */
  readonly movedAside: number;
  /** Groups for which an entry stayed that age or count would have let go. */
  readonly heldBackBy: readonly string[];
}

/** Entries looked at by one command: more would keep the server from others for too long. */
const trimmedAtOnce = 100;

/** Trims until nothing more may go, some entries with each command; between two of them others are served. */
export async function trimLog(
  sender: Sender,
  keys: { readonly log: string; readonly aside: string },
  trim: ResolvedTrim,
  call: CallOptions | undefined,
): Promise<TrimReport> {
  const missed = new Map<string, MissedByGroup>();
  let [removed, movedAside] = [0, 0];
  for (;;) {
    const once = await sender.send(trimOnce(keys, trim, trimmedAtOnce), call);
    removed += once.removed;
    movedAside += once.aside;
    for (const { group, undelivered, pending } of once.missed) {
      const before = missed.get(group);
      missed.set(group, {
        group,
        undelivered: undelivered + (before?.undelivered ?? 0),
        pending: pending + (before?.pending ?? 0),
      });
    }
    if (!once.more) return { removed, missed: [...missed.values()], movedAside, heldBackBy: once.heldBackBy };
  }
}
