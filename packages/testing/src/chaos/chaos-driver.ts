import {
  ClosedError,
  ConnectionError,
  checkObject,
  type Driver,
  type Lane,
  type Sent,
  seededRandom,
} from '@penknife/core';
import { type ChaosFeed, chaosFeed } from './chaos-feed.js';
import { type CallFault, type ChaosPlan, type ChaosRates, delayMs, ratesPlan } from './chaos-plan.js';
import { chaosSender, refuseClosed } from './chaos-sender.js';

/** What goes wrong, and when. */
export interface ChaosOptions {
  /** Decides everything that is left to chance; print it where a test fails. */
  readonly seed: number;
  readonly rates?: ChaosRates;
  /** Decides for each call instead of `rates`. */
  readonly plan?: ChaosPlan;
}

/** A driver on which things go wrong, and the hand that makes them. */
export interface ChaosDriver {
  readonly driver: Driver;
  /** Until `reconnect()`: every call is refused unsent, every lane is lost, every feed is silent. */
  disconnect(): void;
  /** Calls pass again; feeds tell their gap. */
  reconnect(): void;
  /** Feeds deliver nothing, as if their connection were half open: no gap, no error. `reconnect()` ends it. */
  silenceFeeds(): void;
  /**
   * How many messages silent feeds have kept to themselves. A test that makes a hole waits for this before it reconnects: what is
   * still on its way would be delivered.
   */
  readonly missed: number;
  /** Ends the chaos of rates or plan, or starts it again. */
  calm(on: boolean): void;
  /** What happened so far, in order. */
  readonly faults: readonly { readonly call: number; readonly name: string; readonly fault: CallFault }[];
}

/**
 * Wraps a driver so that its calls are dropped before or after they ran, or delayed, and its feeds go silent: by a plan or by
 * rates, repeatable by seed. It keeps the contract while it does so: nothing is sent twice, `sent: 'no'` is true, and a
 * feed that missed something tells its gap. Closing it closes the driver inside.
 */
export function createChaosDriver(inner: Driver, options: ChaosOptions): ChaosDriver {
  checkObject('options', options);
  const { seed, rates = {} } = options;
  checkObject('rates', rates);
  const plan = options.plan ?? ratesPlan(rates, seed);
  const random = seededRandom(seed === Number.MAX_SAFE_INTEGER ? 0 : seed + 1);
  const faults: { call: number; name: string; fault: CallFault }[] = [];
  const feeds = new Set<ChaosFeed>();
  const lanes = new Set<AbortController>();
  let calls = 0;
  let missed = 0;
  let connected = true;
  let calm = false;

  function decide(name: string): CallFault | undefined {
    const call = calls++;
    const fault = connected ? (calm ? undefined : plan({ number: call, name })) : 'drop-before';
    if (fault !== undefined) faults.push({ call, name, fault });
    return fault;
  }
  const chance = { clock: inner.clock, decide, delayMs: () => delayMs(rates, random) };

  async function refuseDisconnected(): Promise<void> {
    if (connected) return;
    await refuseClosed(inner);
    throw new ConnectionError('chaos: not connected', { sent: 'no' });
  }

  function wrapLane(lane: Lane): Lane {
    const cut = new AbortController();
    lanes.add(cut);
    lane.lost.addEventListener('abort', () => lanes.delete(cut), { once: true });
    let dead = false;
    const end = (): void => {
      if (dead) return;
      dead = true;
      lanes.delete(cut);
      cut.abort(lostLane('no'));
      // The lane inside ends too: a call that is blocked on it must come back.
      lane.close().catch(() => undefined);
    };
    cut.signal.addEventListener('abort', end, { once: true });
    const sender = chaosSender(lane, { ...chance, broken: end });
    const alive = async <T>(run: () => Promise<T>): Promise<T> => {
      if (dead) throw lostLane('no');
      try {
        return await run();
      } catch (error) {
        // It was not its owner who closed it.
        throw dead && error instanceof ClosedError ? lostLane(error.sent) : error;
      }
    };
    return {
      id: lane.id,
      lost: AbortSignal.any([lane.lost, cut.signal]),
      send: (command, callOptions) => alive(() => sender.send(command, callOptions)),
      batch: (commands, callOptions) => alive(() => sender.batch(commands, callOptions)),
      transaction: (commands, callOptions) => alive(() => sender.transaction(commands, callOptions)),
      close: () => lane.close(),
      [Symbol.asyncDispose]: () => lane.close(),
    };
  }

  const driver: Driver = {
    ...chaosSender(inner, chance),
    topology: inner.topology,
    clock: inner.clock,
    random: inner.random,
    async openLane(laneOptions) {
      await refuseDisconnected();
      return wrapLane(await inner.openLane(laneOptions));
    },
    async nodes() {
      await refuseDisconnected();
      return (await inner.nodes()).map(wrapLane);
    },
    async openFeed(sink, feedOptions) {
      await refuseDisconnected();
      const feed = chaosFeed(sink, {
        connected: () => connected,
        ended: () => feeds.delete(feed),
        missed: () => missed++,
      });
      feeds.add(feed);
      return feed.wrap(await inner.openFeed(feed.sink, feedOptions));
    },
    traits: () => inner.traits(),
    close: () => inner.close(),
    [Symbol.asyncDispose]: () => inner.close(),
  };

  return {
    driver,
    faults,
    get missed() {
      return missed;
    },
    disconnect() {
      connected = false;
      for (const feed of feeds) feed.deafen();
      for (const lane of [...lanes]) lane.abort();
    },
    reconnect() {
      connected = true;
      for (const feed of [...feeds]) feed.recover('chaos: the connection was lost');
    },
    silenceFeeds() {
      for (const feed of feeds) feed.deafen();
    },
    calm(on) {
      calm = on;
    },
  };
}

function lostLane(sent: Sent): ConnectionError {
  return new ConnectionError('chaos: the lane lost its connection', { sent });
}
