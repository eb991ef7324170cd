import { backoffMs, type Driver, slotOf } from '@penknife/core';
import { isNoAnswer, type LeaseSender } from './acknowledged-sender.js';
import type { HeldLock } from './held-lock.js';
import type { ExtendOutcome } from './lock.js';
import type { ExtendAll } from './target.js';
import { traceExtend } from './traces.js';
import type { UnderWay } from './under-way.js';
import { momentOf } from './validity.js';
import { worthExtending } from './worth-extending.js';

/** The most leases in one script: it stays far below a millisecond of the server's time. */
const mostInOneScript = 100;

/** What extending takes. */
export interface ExtensionsParts {
  readonly driver: Driver;
  readonly sender: LeaseSender;
  /** The most that one request may take, however long the lease. */
  readonly longestMs: number;
  /** What a shutdown waits for. */
  readonly underWay: UnderWay;
  /** The next event of a lock may have come nearer. */
  changed(lock: HeldLock): void;
}

/** Extends leases in rounds: one script for many leases of a kind; on a cluster, where a script serves one slot, one for each slot. */
export function createExtensions({ driver, sender, longestMs, underWay, changed }: ExtensionsParts): {
  /** Sends one round; a lock whose answer does not come is tried again while its lease lasts. */
  round(locks: readonly HeldLock[]): Promise<void>;
  /** Extends one now, by its kind's script or by another one that also changes what is held. */
  one(lock: HeldLock, by?: ExtendAll): Promise<ExtendOutcome>;
} {
  async function send(given: readonly HeldLock[], by: ExtendAll): Promise<ExtendOutcome[]> {
    const startedAt = momentOf(driver.clock);
    const asked = worthExtending(given, startedAt);
    if (asked.length === 0) return [];
    const locks = asked.map(([lock]) => lock);
    const leases = asked.map(([, lease]) => lease);
    const deadlineMs = Math.min(longestMs, Math.ceil(Math.min(...locks.map((lock) => lock.ttlMs)) / 3));
    for (const lock of locks) lock.extending = true;
    underWay.begin();
    try {
      const answers = await traceExtend(
        () => ({ locks: locks.length }),
        () => sender.send(by(leases), (extended) => extended.includes(1), { deadlineMs }),
      );
      return locks.map((lock, i) => {
        lock.extending = false;
        if (answers[i] === 1) lock.confirm(startedAt, leases[i]?.ttlMs ?? 0);
        else lock.lose('refused');
        return lock.held ? 'extended' : 'lost';
      });
    } catch (error) {
      // Whatever went wrong, the lease may still be extended later; if not, its deadline tells the holder.
      const retryMs = backoffMs(
        { baseMs: deadlineMs / 8, maxMs: deadlineMs / 2, jitter: 'equal' },
        isNoAnswer(error) ? 1 : 3,
        driver.random,
      );
      for (const lock of locks) {
        lock.extending = false;
        if (lock.autoExtend) lock.extendAtMs = driver.clock.monotonic() + retryMs;
      }
      return locks.map(() => 'unknown');
    } finally {
      underWay.end();
      for (const lock of locks) changed(lock);
    }
  }

  return {
    async round(locks) {
      await Promise.all(
        groups(locks, driver.topology === 'cluster').map((group) =>
          send(group, (group[0] as HeldLock).target.extendAll),
        ),
      );
    },
    async one(lock, by = lock.target.extendAll) {
      // At the cap on the hold time nothing is asked.
      const [outcome = 'unknown'] = await send([lock], by);
      return outcome;
    },
  };
}

/** Those that one script can extend: of one kind, on a cluster of one slot, and not too many. */
function groups(locks: readonly HeldLock[], cluster: boolean): HeldLock[][] {
  const byKind = new Map<ExtendAll, Map<number, HeldLock[]>>();
  for (const lock of locks) {
    const { key, extendAll } = lock.target;
    const slot = cluster ? slotOf(key) : 0;
    const bySlot = byKind.get(extendAll) ?? new Map<number, HeldLock[]>();
    byKind.set(extendAll, bySlot);
    const group = bySlot.get(slot);
    if (group === undefined) bySlot.set(slot, [lock]);
    else group.push(lock);
  }
  const chunks: HeldLock[][] = [];
  for (const group of [...byKind.values()].flatMap((bySlot) => [...bySlot.values()])) {
    for (let at = 0; at < group.length; at += mostInOneScript)
      chunks.push(group.slice(at, at + mostInOneScript));
  }
  return chunks;
}
