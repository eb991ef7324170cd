import { checkCall, checkObject } from '../checks/check-call.js';
import type { Driver } from '../contract/driver.js';
import type { Lane } from '../contract/lane.js';
import type { CallOptions } from '../contract/sender.js';
import { AbortedError } from '../errors/aborted-error.js';
import { ClosedError } from '../errors/closed-error.js';
import { ConnectionError } from '../errors/connection-error.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { slotOf } from '../keys/slot.js';

/** A bounded pool of lanes. */
export interface LanePool {
  /**
   * Runs with a lane of its own, then gives it back. Waits in line while all are out; the signal and the deadline end that wait,
   * and that for a lane which is being opened, not the run. `ConnectionError` with `sent: 'no'` when there was none in time.
   */
  use<T>(
    run: (lane: Lane) => Promise<T>,
    options?: CallOptions & { readonly key?: string | Uint8Array },
  ): Promise<T>;
  /** Closes all lanes, also those in use; waiting callers reject at once, also those whose lane is being opened. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Waiting {
  readonly proceed: () => void;
  readonly refuse: (error: unknown) => void;
}

/** Makes a pool of at most `limit` lanes. On a cluster an idle lane is used again for keys of the same slot only. */
export function createLanePool(
  driver: Pick<Driver, 'openLane' | 'topology' | 'clock'>,
  options: { readonly limit: number },
): LanePool {
  checkObject('options', options);
  const { limit } = options;
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new InvalidArgumentError('limit', 'must be a whole number of at least 1', limit);
  }
  const idle: { readonly lane: Lane; readonly slot: number }[] = [];
  const open = new Set<Lane>();
  const waiting = new Set<Waiting>();
  /** Those that have a place and no lane yet. */
  const opening = new Set<Waiting>();
  let out = 0;
  let closed = false;

  /** A lane for one caller, who leaves when its signal fires or its time is up; what comes for it then is for the next. */
  function lease(
    slot: number,
    { key, signal, deadlineMs }: CallOptions & { readonly key?: string | Uint8Array },
  ): Promise<Lane> {
    if (closed) return Promise.reject(new ClosedError('lane pool'));
    if (signal?.aborted) return Promise.reject(new AbortedError(signal.reason, 'no'));
    return new Promise((resolve, reject) => {
      let over = false;
      const end = (): void => {
        over = true;
        waiting.delete(entry);
        opening.delete(entry);
        timer?.cancel();
        signal?.removeEventListener('abort', onAbort);
      };
      const entry: Waiting = {
        proceed() {
          waiting.delete(entry);
          opening.add(entry);
          take(key, slot).then(
            (lane) => {
              if (over) {
                giveBack(lane, slot);
                return;
              }
              end();
              resolve(lane);
            },
            (error: unknown) => {
              giveBack(undefined, slot);
              entry.refuse(error);
            },
          );
        },
        refuse(error) {
          end();
          reject(error);
        },
      };
      const onAbort = (): void => entry.refuse(new AbortedError(signal?.reason, 'no'));
      const onTime = (): void => {
        const what = waiting.has(entry) ? 'no lane came free' : 'no lane was opened';
        entry.refuse(new ConnectionError(`${what} within the deadline of ${deadlineMs} ms`, { sent: 'no' }));
      };
      const timer = deadlineMs === undefined ? undefined : driver.clock.timer(deadlineMs, onTime);
      signal?.addEventListener('abort', onAbort, { once: true });
      if (out < limit) {
        out++;
        entry.proceed();
      } else waiting.add(entry);
    });
  }

  async function take(key: string | Uint8Array | undefined, slot: number): Promise<Lane> {
    for (let i = idle.length - 1; i >= 0; i--) {
      const entry = idle[i];
      if (entry === undefined || (entry.slot !== slot && !entry.lane.lost.aborted)) continue;
      idle.splice(i, 1);
      if (!entry.lane.lost.aborted) return entry.lane;
      open.delete(entry.lane);
    }
    // Idle lanes of other slots make room: whoever has a place has a lane or is about to, this caller too.
    const spare = idle.splice(0, Math.max(0, idle.length + out - limit));
    for (const { lane } of spare) open.delete(lane);
    await Promise.all(spare.map(({ lane }) => lane.close()));
    if (closed) throw new ClosedError('lane pool');
    const lane = await driver.openLane(key === undefined ? {} : { key });
    if (closed) {
      await lane.close();
      throw new ClosedError('lane pool');
    }
    open.add(lane);
    return lane;
  }

  function giveBack(lane: Lane | undefined, slot: number): void {
    if (lane !== undefined && (lane.lost.aborted || closed)) open.delete(lane);
    else if (lane !== undefined) idle.push({ lane, slot });
    const [next] = waiting;
    if (next === undefined) out--;
    else next.proceed();
  }

  const pool: LanePool = {
    async use(run, options = {}) {
      if (typeof run !== 'function') throw new InvalidArgumentError('run', 'must be a function', run);
      checkCall(options);
      const { key } = options;
      const slot = driver.topology === 'cluster' && key !== undefined ? slotOf(key) : -1;
      const lane = await lease(slot, options);
      try {
        return await run(lane);
      } finally {
        giveBack(lane, slot);
      }
    },
    async close() {
      closed = true;
      for (const entry of [...waiting, ...opening]) entry.refuse(new ClosedError('lane pool'));
      await Promise.all([...open].map((lane) => lane.close()));
      open.clear();
      idle.length = 0;
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
  return pool;
}
