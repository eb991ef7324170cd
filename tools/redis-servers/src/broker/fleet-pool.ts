import type { Fleet } from './fleet.js';
import type { LeaseRequest } from './protocol.js';

/** Fleets for exclusive use, kept for the next lessee when they could be made as new. */
export interface FleetPool {
  /** An idle fleet of exactly these options, or a new one. */
  take(request: LeaseRequest): Promise<Fleet>;
  /** Takes a fleet back: reset and kept, or stopped. */
  giveBack(request: LeaseRequest, fleet: Fleet): Promise<void>;
  /** Stops every idle fleet now, and every other one when it is given back. */
  close(): Promise<void>;
}

const idleLimit = 6;

/**
 * A pool that starts a fleet only when none of its kind is idle, so never more are alive than were leased at once plus
 * `idleLimit`. Beyond that limit the fleet that has been idle the longest is stopped.
 */
export function createFleetPool(start: (request: LeaseRequest) => Promise<Fleet>): FleetPool {
  const idle: { key: string; fleet: Fleet }[] = [];
  const returning = new Set<Promise<void>>();
  let closed = false;

  async function putBack(key: string, fleet: Fleet): Promise<void> {
    const asNew = !closed && (await fleet.reset().catch(() => false));
    if (!asNew || closed) return fleet.stop();
    idle.push({ key, fleet });
    if (idle.length > idleLimit) await idle.shift()!.fleet.stop();
  }

  return {
    async take(request) {
      if (closed) throw new Error('the pool of servers is closed');
      const key = JSON.stringify(request);
      // One that is just being reset is ready sooner than a new one.
      if (!idle.some((entry) => entry.key === key)) await Promise.allSettled(returning);
      const index = idle.findIndex((entry) => entry.key === key);
      const fleet = index < 0 ? await start(request) : idle.splice(index, 1)[0]!.fleet;
      if (closed) {
        await fleet.stop();
        throw new Error('the pool of servers is closed');
      }
      return fleet;
    },
    giveBack(request, fleet) {
      const back = putBack(JSON.stringify(request), fleet).finally(() => returning.delete(back));
      returning.add(back);
      return back;
    },
    async close() {
      closed = true;
      await Promise.allSettled(returning);
      await Promise.all(idle.splice(0).map(({ fleet }) => fleet.stop()));
    },
  };
}
