import type { Driver } from '@penknife/core';
import { checkClose } from '../arguments.js';
import type { StreamDefinition } from '../definition.js';
import { HandedOverError } from '../errors.js';
import type { KeysOfGroup } from '../keys.js';
import type { Telemetry } from '../telemetry.js';
import { type Backlog, PlainBacklog } from './backlog.js';
import type { Ladder } from './capabilities.js';
import type { CloseReport, Consumer } from './consumer-handle.js';
import { checkResume, type ResolvedConsumerOptions } from './consumer-options.js';
import { type ConsumerParts, emitterOf } from './consumer-parts.js';
import { type GivenBack, giveEntriesBack } from './give-back.js';
import { HandlerRoom, type RoomGuest } from './handler-room.js';
import type { HeldEntry } from './held-entry.js';
import { Holdings } from './holdings.js';
import { InPlace } from './in-place.js';
import { Intake } from './intake.js';
import { KeyLanes } from './key-lanes.js';
import { Settlements } from './settlements.js';
import type { Tenure } from './tenure.js';
import { type Work, Workbench } from './work.js';

/** What a consumer is made of. */
export interface ConsumerSetup {
  readonly driver: Driver;
  readonly definition: StreamDefinition<never, unknown>;
  readonly keys: KeysOfGroup;
  readonly group: string;
  readonly options: ResolvedConsumerOptions;
  readonly work: Work;
  readonly telemetry: Telemetry | undefined;
  /** What it uses of the server. */
  readonly ladder: Ladder;
  /** Its name. Default: that of the options, else a random one. */
  readonly name?: string;
  /** Where it works on one partition. */
  readonly tenure?: Tenure;
  /** Where its handlers run, if it shares that with others; and its share of it. */
  readonly room?: HandlerRoom;
  readonly weight?: number;
  /** The lane of priority it works on, if it is one. */
  readonly lane?: string;
  ended(consumer: Consumer): void;
}

/** A consumer, as the package itself has it. */
export interface StartedConsumer extends Consumer {
  /** Ends at once: everything it holds is lost, and its signals fire. Others may be at work on it already. */
  abandon(): Promise<CloseReport>;
}

/** Starts a consumer. */
export function startConsumer({
  driver,
  definition,
  keys,
  group,
  options,
  work,
  telemetry,
  ladder,
  name = options.name ?? randomName(driver),
  tenure,
  room = new HandlerRoom(options.concurrency),
  weight = 1,
  lane,
  ended,
}: ConsumerSetup): StartedConsumer {
  const parts: ConsumerParts = {
    driver,
    definition,
    keys,
    owner: { group, consumer: name },
    options,
    tenure,
    lane,
    telemetry,
    ladder,
    emit: emitterOf(options.onEvent),
  };
  const size = options.batch ?? 1;
  const capacity = options.concurrency * size + options.prefetch;
  const lanes = options.ordered
    ? new KeyLanes((dropped) => {
        for (const entry of dropped) holdings.letGo(entry);
        if (dropped.length > 0) intake.lostSight();
      })
    : undefined;
  /** Taken and not started; let-go entries in it are skipped. */
  const backlog: Backlog = lanes ?? new PlainBacklog();
  const guest: RoomGuest = { weight, wake: pump };
  let running = 0;
  let paused = false;
  let pauses = 0;
  let closing: Promise<CloseReport> | undefined;
  let quiet: (() => void) | undefined;
  let becomeReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });

  const holdings = new Holdings(parts, (entry) => {
    backlog.letGo(entry);
    if (options.ordered && entry.lost) intake.lostSight();
  });
  const settlements = new Settlements(parts, holdings, pump);
  const inPlace = lanes && new InPlace(parts, lanes, holdings, settlements, pump);
  const planned = (delayMs: number): void => intake.retryPlanned(delayMs);
  const bench = new Workbench(parts, work, holdings, settlements, planned, inPlace);
  const intake = new Intake(parts, holdings, {
    credit() {
      if (paused) return 0;
      const room = capacity - holdings.size;
      // A little room is not worth a command while there is enough to do.
      const waiting = backlog.size;
      const enough = waiting > 0 && room < options.prefetch >> 1;
      return enough || waiting > Math.max(options.prefetch >> 1, size - 1) ? 0 : room;
    },
    took(entries) {
      backlog.add(entries);
      pump();
    },
    looked: pump,
    ready: () => becomeReady(),
    ended() {
      void consumer.close({ deadlineMs: 0 });
    },
  });

  function pump(): void {
    if (closing !== undefined) {
      if (running === 0 && settlements.underWay === 0) quiet?.();
      return;
    }
    while (!paused && room.hasPlace(guest)) {
      if (size > 1 && backlog.size < size && intake.expectsMore && holdings.size < capacity) break;
      const next = backlog.next(size);
      if (next.length === 0) break;
      const taken = next.filter((entry) => holdings.isOurs(entry));
      if (taken.length === 0) continue;
      running++;
      room.enter(guest);
      bench.process(taken, handlerEnded);
    }
    intake.more();
  }

  function handlerEnded(): void {
    running--;
    room.leave();
    pump();
  }

  async function close(deadlineMs: number): Promise<CloseReport> {
    becomeReady();
    const stopped = intake.stop();
    inPlace?.stop();
    const early = await giveBack(backlog.clear(), false);
    await stopped;
    // What the last command brought was not started either.
    const late = await giveBack(backlog.clear(), false);
    await whenQuiet(deadlineMs);
    // Also what is being settled: if the server has heard of it, giving it back finds nothing, and changes nothing.
    const unfinished = [...holdings];
    for (const entry of unfinished) entry.lose(new HandedOverError());
    const last = await giveBack(unfinished, true);
    holdings.stop();
    room.forget(guest);
    ended(consumer);
    return {
      released: early.released + late.released + last.released,
      handedOver: last.released,
      removed: last.removed,
    };
  }

  const giveBack = (entries: readonly HeldEntry[], leave: boolean): Promise<GivenBack> =>
    giveEntriesBack(parts, holdings, entries, leave);

  /** Resolves when no handler runs and nothing is being settled, or after the deadline. */
  function whenQuiet(deadlineMs: number): Promise<void> {
    if (running === 0 && settlements.underWay === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = driver.clock.timer(deadlineMs, resolve);
      quiet = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  const consumer: StartedConsumer = {
    group,
    name,
    ready,
    get capabilities() {
      return ladder.capabilities;
    },
    health: () => ({
      lastReadAgeMs: intake.lastReadMs === undefined ? null : driver.clock.monotonic() - intake.lastReadMs,
      running,
      waiting: backlog.size,
      held: holdings.size,
      paused,
    }),
    async pause() {
      if (paused || closing !== undefined) return;
      paused = true;
      const own = ++pauses;
      // What a command under way brings is given back too.
      await intake.settled();
      // Resumed meanwhile: what waits is to be handled, and what is taken by now would come before what is given back.
      if (!paused || own !== pauses) return;
      await giveBack(backlog.clear(), false);
    },
    resume() {
      paused = false;
      pump();
    },
    async resumeKey(key, how) {
      checkResume(key, how);
      return (await inPlace?.resume(key, how)) ?? false;
    },
    async close(how = {}) {
      checkClose(how);
      const { deadlineMs = 10_000 } = how;
      closing ??= close(deadlineMs);
      return closing;
    },
    abandon() {
      for (const entry of [...holdings]) holdings.lose(entry, 'expired');
      return consumer.close({ deadlineMs: 0 });
    },
    async [Symbol.asyncDispose]() {
      await consumer.close();
    },
  };
  intake.start();
  return consumer;
}

/** A name that no other consumer has. */
export function randomName(driver: Driver): string {
  return `c-${Buffer.from(driver.random.bytes(9)).toString('base64url')}`;
}
