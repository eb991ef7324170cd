import { checkObject } from '../checks/check-call.js';
import type { Clock } from '../contract/clock.js';
import type { Driver } from '../contract/driver.js';
import type { Feed } from '../contract/feed.js';
import type { Lane } from '../contract/lane.js';
import type { RandomSource } from '../contract/random.js';
import type { Topology, Traits } from '../contract/traits.js';
import { ClosedError } from '../errors/closed-error.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { UnsupportedError } from '../errors/unsupported-error.js';
import { backoffMs } from '../time/backoff.js';
import { cryptoRandom } from '../time/crypto-random.js';
import { systemClock } from '../time/system-clock.js';
import { probeTraits } from '../traits/probe-traits.js';
import { CallsUnderWay } from './calls-under-way.js';
import { createLane } from './create-lane.js';
import { createSender } from './create-sender.js';
import { Gate } from './gate.js';
import { createManagedFeed } from './managed-feed.js';
import { sendNow } from './send-now.js';
import { trackedPrefixes } from './tracked-prefixes.js';
import type { LaneConnection, SharedConnection, Transport } from './transport.js';
import { wireKey } from './wire-call.js';

/** Options every driver takes. */
export interface DriverOptions {
  /** How long a call may take when the caller does not say, in ms. Default 5000. */
  readonly deadlineMs?: number;
  /** How many calls may wait while there is no connection. Default 100 000. */
  readonly gateLimit?: number;
  readonly clock?: Clock;
  readonly random?: RandomSource;
}

/**
 * Server answers that mean "this did not run; try again soon". On a cluster a redirection comes this far only when nodes name
 * each other, as they do for a moment while a slot changes hands.
 */
const refusals: ReadonlySet<string> = new Set(['TRYAGAIN', 'CLUSTERDOWN', 'LOADING', 'MASTERDOWN']);
const refusalsOf: Readonly<Record<Topology, ReadonlySet<string>>> = {
  single: refusals,
  sentinel: new Set([...refusals, 'READONLY']),
  cluster: new Set([...refusals, 'READONLY', 'MOVED', 'ASK']),
};
const backoff = { baseMs: 10, maxMs: 250, jitter: 'equal' } as const;

/** Builds a driver on a transport. Nothing connects before the first call. */
export function createDriver(transport: Transport, options: DriverOptions = {}): Driver {
  checkObject('options', options);
  const { deadlineMs = 5000, gateLimit = 100_000, clock = systemClock, random = cryptoRandom } = options;
  if (!Number.isFinite(deadlineMs) || deadlineMs <= 0) {
    throw new InvalidArgumentError('deadlineMs', 'must be a finite number above 0', deadlineMs);
  }
  if (!Number.isSafeInteger(gateLimit) || gateLimit < 1) {
    throw new InvalidArgumentError('gateLimit', 'must be a whole number of at least 1', gateLimit);
  }
  if (typeof clock?.timer !== 'function' || typeof clock.monotonic !== 'function')
    throw new InvalidArgumentError('clock', 'must be a clock, such as createManualClock()', clock);
  if (typeof random?.fraction !== 'function' || typeof random.bytes !== 'function')
    throw new InvalidArgumentError('random', 'must be a random source, such as seededRandom(1)', random);
  const cluster = transport.topology === 'cluster';
  const retried = refusalsOf[transport.topology];
  const gate = new Gate(gateLimit);
  const underWay = new CallsUnderWay(clock);
  const { shape } = transport;
  const target = { connection: 'shared', cluster, shape, wire: connection } as const;
  const now = { target, retried };
  const lanes = new Set<Lane>();
  const feeds = new Set<Feed>();
  let shared: SharedConnection | undefined;
  let failure: unknown;
  let closed = false;
  let closing: Promise<void> | undefined;
  let traits: Promise<Traits> | undefined;

  function connection(): SharedConnection {
    shared ??= transport.open({
      changed() {
        if (shared?.ready) gate.open(() => shared?.ready === true);
        else traits = undefined;
      },
      failed(error) {
        failure = error;
        // On a cluster one server may be gone, and replaced, while the connection as a whole stays ready.
        traits = undefined;
      },
    });
    return shared;
  }

  function refuseClosed(): void {
    if (closed) throw new ClosedError('driver');
  }

  const sender = createSender({
    target,
    deadlineMs,
    refuseClosed,
    environment: {
      underWay,
      ready: () => connection().ready,
      whenReady: (proceed) => gate.wait(proceed),
      afterBackoff: (attempt, proceed) => {
        const waitMs = backoffMs(backoff, attempt, random);
        return gate.pause((resume) => clock.timer(waitMs, resume), proceed);
      },
      translate: (error) => transport.translate(error),
      refusals: retried,
      retries: true,
      lastFailure: () => failure,
      givenUp(key, why) {
        if (why === 'expired') shared?.doubt?.(key);
      },
    },
  });

  async function openLanes(open: () => Promise<readonly LaneConnection[]>): Promise<Lane[]> {
    refuseClosed();
    // Where the nodes are is known through the shared connection, whose end `close` sees to.
    if (transport.topology !== 'single') connection();
    let connections: readonly LaneConnection[];
    try {
      connections = await open();
    } catch (error) {
      throw transport.translate(error);
    }
    const opened = connections.map((laneConnection) =>
      createLane(laneConnection, {
        clock,
        cluster,
        shape,
        translate: (error) => transport.translate(error),
        ended: (lane) => lanes.delete(lane),
      }),
    );
    for (const lane of opened) if (!lane.lost.aborted) lanes.add(lane);
    if (closed) {
      await Promise.all(opened.map((lane) => lane.close()));
      throw new ClosedError('driver');
    }
    return opened;
  }

  async function end(): Promise<void> {
    underWay.close('driver');
    const ends = await Promise.allSettled([...feeds, ...lanes].map((each) => each.close()));
    shared?.close();
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  const driver: Driver = {
    ...sender,
    send(command, callOptions) {
      const answer = closed ? undefined : sendNow(connection(), command, callOptions, now);
      return answer ?? sender.send(command, callOptions);
    },
    topology: transport.topology,
    clock,
    random,
    async openLane(laneOptions) {
      const key = wireKey(laneOptions?.key, 'openLane');
      const [lane] = await openLanes(async () => [await transport.openLane(key)]);
      return lane as Lane;
    },
    nodes: () => openLanes(() => transport.openLanes()),
    async openFeed(sink, feedOptions) {
      refuseClosed();
      checkObject('sink', sink);
      if (feedOptions !== undefined) checkObject('options', feedOptions);
      const prefixes = trackedPrefixes(feedOptions?.tracking);
      if (cluster && prefixes !== undefined) {
        throw new UnsupportedError(
          'key tracking follows one server; on a cluster publish invalidations yourself',
        );
      }
      if (transport.topology !== 'single') connection();
      const feed = createManagedFeed({
        transport,
        sink,
        clock,
        random,
        deadlineMs,
        tracking: prefixes,
        openLane: (key) => driver.openLane(key === undefined ? {} : { key }),
        ended: () => feeds.delete(feed),
      });
      feeds.add(feed);
      return feed;
    },
    traits() {
      if (closed) return Promise.reject(new ClosedError('driver'));
      if (traits === undefined) {
        connection();
        const asked = probeTraits(driver);
        traits = asked;
        // A failed probe is not remembered; the caller of this one hears of it through `asked`.
        asked.catch(() => {
          if (traits === asked) traits = undefined;
        });
      }
      return traits;
    },
    close() {
      closed = true;
      closing ??= end();
      return closing;
    },
    [Symbol.asyncDispose]: () => driver.close(),
  };
  return driver;
}
