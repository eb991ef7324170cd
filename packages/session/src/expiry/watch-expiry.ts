import { checkObject, type Duration, durationMs, InvalidArgumentError } from '@penknife/core';
import { Sweeper, sweepDueSet } from '@penknife/machinery';
import { awaitEnd, bury, lookOverScript } from '../commands.js';
import { readSnapshot } from '../data/snapshot.js';
import { type Place, placeOf, publicIdOf } from '../key-ring.js';
import type { SessionStore } from '../store.js';
import { checkListener } from '../tell-listener.js';

/** A session that ran out. Times are ms of the server's clock. */
export interface ExpiredSession<Data extends object> {
  readonly publicId: string;
  readonly user: string | null;
  readonly createdMs: number;
  /** To within `touchAfterMs`. */
  readonly seenMs: number;
  /** When it was over. */
  readonly endedMs: number;
  /** Which of its clocks ended it. */
  readonly reason: 'idle' | 'absolute';
  /** What it held at the end; null when this program cannot read it. */
  readonly data: Partial<Data> | null;
}

/** How ended sessions are looked for. */
export interface ExpiryOptions {
  /** How late an end may be told, in ms, while a process looks. Default `'1s'`. */
  readonly everyMs?: Duration;
}

/** A standing `onExpired`. */
export interface ExpiryWatch {
  /** Stops looking: resolves when what is under way has been told. Another process goes on. Repeatable. */
  close(): Promise<void>;
}

const batchSize = 50;
/** After this long sessions that a process took and did not tell are told by another. */
const hideMs = 30_000;

/** Starts to look for sessions that ran out. */
export function watchExpiry<Data extends object>(
  store: SessionStore<Data>,
  listener: (session: ExpiredSession<Data>) => void | Promise<void>,
  options: ExpiryOptions = {},
): ExpiryWatch {
  checkListener(listener);
  checkObject('options', options);
  const { driver } = store;
  const { idleMs, keepEndedMs, deadlineMs } = store.options;
  if (keepEndedMs === 0) {
    throw new InvalidArgumentError('keepEndedMs', 'must be above 0 for onExpired', keepEndedMs);
  }
  const everyMs = durationMs(options.everyMs ?? '1s', 'everyMs', { minMs: 10, maxMs: 3_600_000 });

  /** Tells of a session that is over, or notes when to look again. */
  async function look(place: Place): Promise<void> {
    const call = store.budget({ deadlineMs });
    const answer = await store.send(store.on(lookOverScript, place, [idleMs]), call);
    if (answer.state !== 'live' && answer.state !== 'over') return;
    const { user, createdMs, seenMs, endsMs } = answer.facts;
    const idleEndsMs = seenMs + idleMs;
    const endedMs = Math.min(idleEndsMs, endsMs);
    if (answer.state === 'live') {
      const inMs = Math.max(1, endedMs - answer.nowMs);
      await store.send(awaitEnd(store.dueKey, inMs, keepEndedMs, publicIdOf(place)), call);
      return;
    }
    const reason = endsMs <= idleEndsMs ? 'absolute' : 'idle';
    const found = await readSnapshot(answer, store.options, store.codec);
    const data = found && (found.data as Partial<Data>);
    await listener({ publicId: publicIdOf(place), user, createdMs, seenMs, endedMs, reason, data });
    const keys = [store.sessionKey(place), store.userKey(place.tag)] as const;
    await store.send(bury(keys, [place.entry, idleMs, store.channel]), store.budget({ deadlineMs }));
  }

  const sweeping = sweepDueSet(driver, {
    leaseKey: store.leaseKey,
    dueKey: store.dueKey,
    holder: Buffer.from(driver.random.bytes(12)).toString('base64url'),
    leaseMs: Math.max(5000, 3 * everyMs),
    batch: batchSize,
    hideMs,
    async handle(members) {
      const places = members.map(placeOf).filter((place) => place !== null);
      const outcomes = await Promise.allSettled(places.map(look));
      const failed = outcomes.find(({ status }) => status === 'rejected');
      if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
    },
  });
  const sweeper = new Sweeper(driver, sweeping, { everyMs });
  sweeper.start();
  return { close: () => sweeper.close() };
}
