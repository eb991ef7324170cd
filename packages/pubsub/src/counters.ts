/** What happened on the channels of one definition, since `createPubSub`. */
export interface Counters {
  /** Publishes the server acknowledged. */
  published: number;
  /** Messages handed to listeners; one that reaches three listeners counts three times. */
  delivered: number;
  /** Messages that listeners lost to their own full queues. */
  dropped: number;
  /** Messages replaced by newer ones of their key (`latest-per-key`). */
  conflated: number;
  /** Messages that arrived a second time, or late, and were left out. */
  duplicates: number;
  /** Messages on our channels that are none of ours. */
  foreign: number;
  /** Messages of ours that codec or schema refused. */
  undecodable: number;
  /** Gaps announced, once for a channel; those of single listeners' queues too. */
  gaps: number;
}

/** All zero. */
export function createCounters(): Counters {
  return {
    published: 0,
    delivered: 0,
    dropped: 0,
    conflated: 0,
    duplicates: 0,
    foreign: 0,
    undecodable: 0,
    gaps: 0,
  };
}

const names = Object.keys(createCounters()) as (keyof Counters)[];

/** The counters alone of whatever holds them, worked on one by one. */
export function countersOf(
  holder: Readonly<Counters>,
  each: (count: number, name: keyof Counters) => number = (count) => count,
): Counters {
  const counters = createCounters();
  for (const name of names) counters[name] = each(holder[name], name);
  return counters;
}
