import { isPenknifeError, type Timer } from '@penknife/core';
import { checkClose } from '../arguments.js';
import { createGroup, groupExists } from '../commands/group.js';
import { endPartition, tellGroup } from '../commands/partition.js';
import { type ConsumerSetup, randomName, startConsumer } from '../consumer/consumer.js';
import type { CloseReport, Consumer } from '../consumer/consumer-handle.js';
import { checkResume } from '../consumer/consumer-options.js';
import { emitterOf } from '../consumer/consumer-parts.js';
import type { ConsumerEvent } from '../consumer/events.js';
import { HandlerRoom } from '../consumer/handler-room.js';
import { healthOfAll, reportOfAll } from '../consumer/together.js';
import type { KeysOfGroup } from '../keys.js';
import { subscribeToWakeUps, type WakeSubscription } from '../wake/wake-up.js';
import { HeldPartition } from './held-partition.js';
import { partitionOf } from './partition-of.js';
import { PartitionShares } from './partition-shares.js';

/** A consumer of a partitioned stream. */
export interface PartitionedConsumer extends Consumer {
  /** The partitions it works on now, with the generation of each. */
  partitions(): ReadonlyMap<number, number>;
}

/** What it is made of: as for one log, and the keys of each partition. */
export interface PartitionedSetup extends Omit<ConsumerSetup, 'name' | 'tenure' | 'room'> {
  readonly partitions: readonly KeysOfGroup[];
  /** Rejects when the stream has another number of partitions. */
  checkShape(): Promise<void>;
}

/**
 * Consumes a partitioned stream: one ordered consumer for each partition it has, all in one room for handlers. What makes
 * the sharing safe is not that members agree but the tenure: one member has a partition at a time, the server checks that
 * with every take, and a member that cannot prolong stops before another can begin.
 */
export function startPartitionedConsumer(setup: PartitionedSetup): PartitionedConsumer {
  const { driver, keys, group, options, partitions, ladder } = setup;
  const member = options.name ?? randomName(driver);
  const emit = emitterOf(options.onEvent);
  const room = new HandlerRoom(options.concurrency);
  const held = new Map<number, HeldPartition>();
  const leavings = new Set<Promise<CloseReport>>();
  let wakeUps: WakeSubscription | undefined;
  let paused = false;
  let closing: Promise<CloseReport> | undefined;
  let becomeReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });
  const shares = new PartitionShares({
    parts: { driver, keys, owner: { group, consumer: member }, options, emit },
    tenures: partitions.map(({ tenure }) => tenure),
    held,
    prepare,
    take,
    leave: (one) => leave(one, undefined),
    ended() {
      void consumer.close({ deadlineMs: 0 });
    },
  });

  /** The groups of all partitions at once: one that starts `'now'` starts everywhere now. */
  async function prepare(): Promise<void> {
    if (wakeUps !== undefined || closing !== undefined) return;
    await setup.checkShape();
    await ladder.climb(driver, options.deletesDone);
    const outcomes = await driver.batch(
      partitions.map(({ log }) => createGroup(log, group, options.startId)),
    );
    for (const outcome of outcomes) if (!outcome.ok && !groupExists(outcome.error)) throw outcome.error;
    emit({ type: 'ready', created: outcomes.some(({ ok }) => ok) });
    if (closing !== undefined) return;
    wakeUps = subscribeToWakeUps(driver, keys, (kind) => {
      if (kind !== 'log') shares.look();
    });
    becomeReady();
  }

  function take(partition: number, generation: number, untilMs: number): void {
    const one = new HeldPartition(partition, generation, untilMs, { driver, member, lost });
    held.set(partition, one);
    emit({ type: 'partition-taken', partition, generation });
    const onEvent = (event: ConsumerEvent): void =>
      event.type === 'ready' ? undefined : options.onEvent({ ...event, partition });
    one.consumer = startConsumer({
      ...setup,
      keys: partitions[partition] as KeysOfGroup,
      options: { ...options, name: undefined, onEvent },
      // Each tenure has a name of its own, so what an earlier one left is told from what this one has.
      name: `${member}.${generation}`,
      tenure: one,
      room,
      ladder,
      ended: () => undefined,
    });
    if (paused) void one.consumer.pause();
  }

  async function lost(one: HeldPartition): Promise<void> {
    emit({ type: 'partition-left', partition: one.partition, why: 'lost' });
    await one.consumer?.abandon();
    held.delete(one.partition);
    shares.look();
  }

  /** Hands a partition over: what runs has its time, then the next member may begin. */
  function leave(one: HeldPartition, deadlineMs: number | undefined): void {
    one.leaving = true;
    const over = handOver(one, deadlineMs);
    leavings.add(over);
    void over.finally(() => leavings.delete(over));
  }

  async function handOver(one: HeldPartition, deadlineMs: number | undefined): Promise<CloseReport> {
    const { partition, generation } = one;
    const report = await (one.consumer as Consumer).close(deadlineMs === undefined ? {} : { deadlineMs });
    if (!one.lasts) return report;
    one.stop();
    try {
      await driver.send(endPartition((partitions[partition] as KeysOfGroup).tenure, member, generation));
      await driver.send(tellGroup(keys, group, undefined));
    } catch (error) {
      // Nothing is lost: the tenure runs out, and another begins.
      if (!isPenknifeError(error) || error.code !== 'CLOSED') emit({ type: 'error', error });
    }
    held.delete(partition);
    emit({ type: 'partition-left', partition, why: 'given-up' });
    shares.look();
    return report;
  }

  async function close(deadlineMs: number | undefined): Promise<CloseReport> {
    becomeReady();
    const { clock } = driver;
    let keeping: Timer | undefined;
    // While handlers have their time to end, what they work on stays ours.
    const keepOn = (): void => {
      keeping = clock.timer(options.leaseMs / 3, () => {
        keepOn();
        void shares.keep();
      });
    };
    keepOn();
    const leaveAll = (): void => {
      for (const one of held.values()) if (one.works) leave(one, deadlineMs);
    };
    leaveAll();
    await shares.stop();
    wakeUps?.close();
    // What the look under way brought.
    leaveAll();
    // The others know at once that there is more to be had; they get it when it is handed over.
    const told = driver.send(tellGroup(keys, group, member)).catch(() => undefined);
    const reports = await Promise.all(leavings);
    await told;
    keeping?.cancel();
    setup.ended(consumer);
    return reportOfAll(reports);
  }

  const consumers = (): Consumer[] => [...held.values()].flatMap((one) => one.consumer ?? []);
  const working = (): HeldPartition[] => [...held.values()].filter((one) => one.works);

  const consumer: PartitionedConsumer = {
    group,
    name: member,
    ready,
    partitions: () => new Map(working().map(({ partition, generation }) => [partition, generation])),
    health() {
      const { lastLookMs } = shares;
      const ageMs = lastLookMs === undefined ? undefined : driver.clock.monotonic() - lastLookMs;
      return healthOfAll(consumers(), paused, ageMs);
    },
    get capabilities() {
      return ladder.capabilities;
    },
    async pause() {
      paused = true;
      await Promise.all(consumers().map((one) => one.pause()));
    },
    resume() {
      paused = false;
      for (const one of consumers()) one.resume();
    },
    async resumeKey(key, how) {
      checkResume(key, how);
      return (await held.get(partitionOf(key, partitions.length))?.consumer?.resumeKey(key, how)) ?? false;
    },
    async close(how = {}) {
      checkClose(how);
      closing ??= close(how.deadlineMs);
      return closing;
    },
    async [Symbol.asyncDispose]() {
      await consumer.close();
    },
  };
  shares.look();
  return consumer;
}
