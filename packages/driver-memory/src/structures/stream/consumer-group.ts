import { IdOrdered } from './id-ordered.js';
import type { StreamId } from './stream-id.js';

/** An entry delivered to a consumer and not acknowledged. */
export interface PendingEntry {
  readonly id: StreamId;
  consumer: Consumer;
  deliveredAtMs: number;
  deliveries: number;
}

/** A consumer of a group. `seenAtMs`: last time it asked; `activeAtMs`: last time it got something, -1 for never. */
export interface Consumer {
  readonly name: string;
  readonly pending: IdOrdered<PendingEntry>;
  seenAtMs: number;
  activeAtMs: number;
}

/**
 * A consumer group: how far it was delivered, what is pending in all and for each consumer. `entriesRead` is the
 * logical read counter behind the lag, undefined when unknown. Every pending entry is in the group's list and in its
 * consumer's; only the methods here and the acts beside this file change the two.
 */
export class ConsumerGroup {
  readonly pending: IdOrdered<PendingEntry> = new IdOrdered();
  readonly consumers: Map<string, Consumer> = new Map();
  lastId: StreamId;
  entriesRead: number | undefined;

  constructor(lastId: StreamId, entriesRead?: number) {
    this.lastId = lastId;
    this.entriesRead = entriesRead;
  }

  /** XGROUP CREATECONSUMER: undefined when the consumer exists. */
  createConsumer(name: string, nowMs: number): Consumer | undefined {
    if (this.consumers.has(name)) return undefined;
    const consumer: Consumer = { name, pending: new IdOrdered(), seenAtMs: nowMs, activeAtMs: -1 };
    this.consumers.set(name, consumer);
    return consumer;
  }

  /** The consumer of that name, created when it is new. */
  consumer(name: string, nowMs: number): Consumer {
    return this.consumers.get(name) ?? this.createConsumer(name, nowMs)!;
  }

  /** XGROUP DELCONSUMER: drops the consumer with all it had pending. Returns how many entries that were. */
  deleteConsumer(name: string): number {
    const consumer = this.consumers.get(name);
    if (consumer === undefined) return 0;
    const dropped = consumer.pending.size;
    consumer.pending.forEachFrom({ ms: 0, seq: 0 }, (entry) => {
      this.pending.delete(entry.id);
      return true;
    });
    this.consumers.delete(name);
    return dropped;
  }

  /** XGROUP SETID: pending entries stay. */
  setPosition(lastId: StreamId, entriesRead?: number): void {
    this.lastId = lastId;
    this.entriesRead = entriesRead;
  }

  /** XACK of one id: true when it was pending, with whichever consumer. */
  acknowledge(id: StreamId): boolean {
    const entry = this.pending.delete(id);
    if (entry === undefined) return false;
    entry.consumer.pending.delete(id);
    return true;
  }

  /** Makes an entry pending with a consumer; takes it from another one when it was pending already. */
  assign(id: StreamId, consumer: Consumer, deliveredAtMs: number, deliveries: number): PendingEntry {
    const present = this.pending.get(id);
    if (present !== undefined) {
      this.hand(present, consumer);
      present.deliveredAtMs = deliveredAtMs;
      present.deliveries = deliveries;
      return present;
    }
    const entry: PendingEntry = { id, consumer, deliveredAtMs, deliveries };
    this.pending.set(entry);
    consumer.pending.set(entry);
    return entry;
  }

  /** Moves a pending entry to another consumer. */
  hand(entry: PendingEntry, consumer: Consumer): void {
    if (entry.consumer === consumer) return;
    entry.consumer.pending.delete(entry.id);
    entry.consumer = consumer;
    consumer.pending.set(entry);
  }

  /** Consumers in byte order of their names, as the server lists them. */
  consumersByName(): Consumer[] {
    return [...this.consumers.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  }
}
