import type { Driver } from '@penknife/core';
import { checkClose } from '../arguments.js';
import { type ConsumerSetup, randomName, startConsumer } from '../consumer/consumer.js';
import type { Consumer } from '../consumer/consumer-handle.js';
import { checkResume } from '../consumer/consumer-options.js';
import type { ConsumerEvent } from '../consumer/events.js';
import { HandlerRoom } from '../consumer/handler-room.js';
import { healthOfAll, reportOfAll } from '../consumer/together.js';
import type { KeysOfGroup } from '../keys.js';

/** One lane: its name, its weight, and its group's keys. */
export interface Lane {
  readonly name: string;
  readonly weight: number;
  readonly keys: KeysOfGroup;
}

/** What a consumer of lanes is made of. */
export interface LanedSetup
  extends Omit<ConsumerSetup, 'keys' | 'name' | 'tenure' | 'room' | 'weight' | 'lane'> {
  readonly driver: Driver;
  readonly lanes: readonly Lane[];
}

/** Consumes all lanes: one consumer for each, in one room for handlers that shares places out by weight. */
export function startLanedConsumer(setup: LanedSetup): Consumer {
  const { driver, group, options, lanes, ladder } = setup;
  const name = options.name ?? randomName(driver);
  const room = new HandlerRoom(options.concurrency);
  let paused = false;
  let closing: ReturnType<Consumer['close']> | undefined;
  const parts = lanes.map((lane) => {
    const onEvent = (event: ConsumerEvent): void => options.onEvent({ ...event, lane: lane.name });
    return startConsumer({
      ...setup,
      keys: lane.keys,
      options: { ...options, onEvent },
      name,
      room,
      ladder,
      weight: lane.weight,
      lane: lane.name,
      // The driver is closed: one ends after the other by itself.
      ended: () => undefined,
    });
  });
  const consumer: Consumer = {
    group,
    name,
    ready: Promise.all(parts.map((one) => one.ready)).then(() => undefined),
    health: () => healthOfAll(parts, paused),
    get capabilities() {
      return ladder.capabilities;
    },
    async pause() {
      paused = true;
      await Promise.all(parts.map((one) => one.pause()));
    },
    resume() {
      paused = false;
      for (const one of parts) one.resume();
    },
    async resumeKey(key, how) {
      checkResume(key, how);
      const resumed = await Promise.all(parts.map((one) => one.resumeKey(key, how)));
      return resumed.includes(true);
    },
    async close(how = {}) {
      checkClose(how);
      closing ??= Promise.all(parts.map((one) => one.close(how))).then((reports) => {
        setup.ended(consumer);
        return reportOfAll(reports);
      });
      return closing;
    },
    async [Symbol.asyncDispose]() {
      await consumer.close();
    },
  };
  return consumer;
}
