import { type DurableKey, defineKeys, type KeyBuilders, type Keys } from '@penknife/core';

/** The kinds of keys of this package. */
export type QueueKeyKinds = {
  readonly waiting: DurableKey;
  readonly ranked: DurableKey;
  readonly delayed: DurableKey;
  readonly leased: DurableKey;
  readonly jobs: DurableKey;
  readonly state: DurableKey;
  readonly dead: DurableKey;
  readonly control: DurableKey;
  readonly answers: DurableKey;
  readonly finished: DurableKey;
  readonly throttled: DurableKey;
  readonly parked: DurableKey;
  readonly shape: DurableKey;
};

/** Builds the keys of one namespace. */
export type QueueKeyBuilders = KeyBuilders<QueueKeyKinds>;

const perJob = 'one entry a job, until it is done, discarded or removed';

/** Every key of this package. A queue's name is the hash tag: one queue, one slot. Partitions are called `<name>@<number>`. */
export const queueKeys: Keys<QueueKeyKinds> = defineKeys({
  pattern: 'queue',
  version: 1,
  kinds: {
    waiting: { life: 'durable', holds: 'list: ids in the order of their arrival', bound: perJob },
    ranked: {
      life: 'durable',
      holds:
        'sorted set: ids with a priority, or that became ready later or came back, by that moment less their head start',
      bound: perJob,
    },
    delayed: { life: 'durable', holds: 'sorted set: ids by when they are due', bound: perJob },
    leased: { life: 'durable', holds: 'sorted set: ids at work, by the end of their lease', bound: perJob },
    jobs: { life: 'durable', holds: 'hash: priority, arrival and payload of each job', bound: perJob },
    state: {
      life: 'durable',
      holds: 'hash: deliveries, failures and last error of jobs tried before',
      bound: perJob,
    },
    dead: {
      life: 'durable',
      holds: 'sorted set: ids of dead letters by when they died',
      bound: 'by count and age: `deadLetters`, `deadLettersFor`',
    },
    control: {
      life: 'durable',
      holds:
        'hash: whether the queue is paused, the rate, the last delivery, how many of each group are at work, under which limit others were parked',
      bound: 'one field a group at work, and four',
    },
    answers: {
      life: 'durable',
      holds: 'hash: progress of jobs at work, results of jobs done',
      bound: 'one entry a job, and `results.most`',
    },
    finished: {
      life: 'durable',
      holds: 'sorted set: ids of jobs whose results are kept by when they were done',
      bound: 'by age and count: `results`',
    },
    throttled: {
      life: 'durable',
      holds: 'sorted set: ids by when they may be added again',
      bound: 'one entry an id added within `throttle`',
    },
    parked: { life: 'durable', holds: 'sorted set: jobs whose group has its fill, by group', bound: perJob },
    shape: {
      life: 'durable',
      holds: 'text: how many partitions a partitioned queue has, and what they go by',
      bound: 'one short text a partitioned queue',
    },
  },
});

/** The keys that every script of a queue gets, in the order in which queue.lua names them. */
export function keysOf(keys: QueueKeyBuilders, name: string): readonly string[] {
  return [
    keys.waiting(name),
    keys.ranked(name),
    keys.delayed(name),
    keys.leased(name),
    keys.jobs(name),
    keys.state(name),
    keys.dead(name),
    keys.control(name),
    keys.answers(name),
    keys.finished(name),
    keys.throttled(name),
    keys.parked(name),
  ];
}

/** The keys that push.lua gets: the last one only where results are kept. */
export function pushKeysOf(keys: QueueKeyBuilders, name: string, keepsResults: boolean): readonly string[] {
  const all = [keys.waiting(name), keys.jobs(name), keys.finished(name)];
  return keepsResults ? all : all.slice(0, 2);
}

/** The channel on which workers of a queue hear that there is something to do. */
export function wakeChannel(keys: QueueKeyBuilders, name: string): string {
  return `${keys.control(name)}:wake`;
}

/** The channel on which whoever waits for jobs hears how they go on and end. */
export function eventsChannel(keys: QueueKeyBuilders, name: string): string {
  return `${keys.control(name)}:events`;
}
