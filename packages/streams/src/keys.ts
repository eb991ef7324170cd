import { defineKeys, type KeyBuilders, type Keys } from '@penknife/core';

type Durable = { readonly life: 'durable'; readonly holds: string; readonly bound: string };
type Ephemeral = { readonly life: 'ephemeral'; readonly holds: string };

/** The kinds of keys a stream has. */
export interface StreamKinds extends Record<string, Durable | Ephemeral> {
  readonly log: Durable;
  readonly seen: Ephemeral;
  readonly retry: Durable;
  readonly failures: Durable;
  readonly dead: Durable;
  readonly aside: Durable;
  readonly due: Durable;
  readonly events: Durable;
  readonly snapshot: Durable;
  readonly scheduled: Durable;
  readonly once: Ephemeral;
  readonly wake: Ephemeral;
  readonly shape: Durable;
  readonly members: Ephemeral;
  readonly tenure: Ephemeral;
}

/** Every key of this package. The stream's name is the hash tag, so everything of one stream shares a slot. */
export const streamKeys: Keys<StreamKinds> = defineKeys({
  pattern: 'st',
  version: 1,
  kinds: {
    log: {
      life: 'durable',
      holds: 'the entries of one stream, its groups and what is pending in them',
      bound: "the stream's retention, or explicit deletion",
    },
    seen: {
      life: 'ephemeral',
      holds: 'the entry id that a message id was appended as; gone after the dedup window',
    },
    retry: {
      life: 'durable',
      holds: 'when each waiting retry of one group is due, by the clock of the server',
      bound: 'the entries pending in the group',
    },
    failures: {
      life: 'durable',
      holds: 'how often each pending entry of one group failed, and since when',
      bound: 'the entries pending in the group',
    },
    dead: {
      life: 'durable',
      holds: 'the dead letters of one group',
      bound: 'the dead-letter limit of its consumers (approximate), replay, or discard',
    },
    aside: {
      life: 'durable',
      holds:
        'entries that were trimmed before every group was done with them, where trimming puts them aside',
      bound: 'explicit deletion',
    },
    events: {
      life: 'durable',
      holds: 'the events of one aggregate of an event store',
      bound: 'explicit deletion',
    },
    snapshot: {
      life: 'durable',
      holds: 'the last snapshot of one aggregate',
      bound: 'explicit deletion',
    },
    due: {
      life: 'durable',
      holds: 'when each scheduled message is due, by the clock of the server',
      bound: 'the messages that are scheduled',
    },
    scheduled: {
      life: 'durable',
      holds: 'the scheduled messages, until they are appended',
      bound: 'what is scheduled and not cancelled',
    },
    once: {
      life: 'ephemeral',
      holds: 'that the effect of a message was done by a group; gone after the time it is remembered for',
    },
    wake: {
      life: 'ephemeral',
      holds: 'one entry that wakes the consumers of a stream after a release or a replay',
    },
    shape: {
      life: 'durable',
      holds: 'how many partitions a partitioned stream has',
      bound: 'one number',
    },
    members: {
      life: 'ephemeral',
      holds: 'the living consumers of one group of a partitioned stream, and until when they count as alive',
    },
    tenure: {
      life: 'ephemeral',
      holds:
        'who has one partition for a group, until when, and in which generation; gone a minute after its end',
    },
  },
});

/** The keys of one stream, built once. */
export interface KeysOfStream {
  readonly log: string;
  readonly wake: string;
  readonly aside: string;
  readonly due: string;
  readonly scheduled: string;
  readonly shape: string;
  seen(messageId: string): string;
  events(aggregate: string): string;
  snapshot(aggregate: string): string;
  group(group: string): KeysOfGroup;
}

/** The keys of one group of a stream. */
export interface KeysOfGroup {
  readonly log: string;
  readonly wake: string;
  readonly retry: string;
  readonly failures: string;
  readonly dead: string;
  readonly members: string;
  readonly tenure: string;
  /** The marker of a message, by its message id, else by its entry id. */
  once(message: string): string;
}

/** All keys of the stream `name` in a namespace. */
export function keysOfStream(namespace: string, name: string): KeysOfStream {
  const build: KeyBuilders<StreamKinds> = streamKeys.in(namespace);
  const log = build.log(name);
  const wake = build.wake(name);
  return {
    log,
    wake,
    aside: build.aside(name),
    due: build.due(name),
    scheduled: build.scheduled(name),
    shape: build.shape(name),
    events: (aggregate) => build.events(name, aggregate),
    snapshot: (aggregate) => build.snapshot(name, aggregate),
    seen: (messageId) => build.seen(name, messageId),
    group: (group) => ({
      log,
      wake,
      retry: build.retry(name, group),
      failures: build.failures(name, group),
      dead: build.dead(name, group),
      members: build.members(name, group),
      tenure: build.tenure(name, group),
      once: (message) => build.once(name, group, message),
    }),
  };
}
