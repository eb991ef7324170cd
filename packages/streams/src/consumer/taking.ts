import type { Claimed } from '../commands/claimed.js';
import type { Delivery } from '../commands/delivery.js';
import { pendingOf } from '../commands/group.js';
import { readGroup } from '../commands/read.js';
import { traced } from '../telemetry.js';
import type { ConsumerParts } from './consumer-parts.js';
import { HeldEntry } from './held-entry.js';
import type { Holdings } from './holdings.js';
import type { Wants } from './looking-times.js';
import type { Unstarted } from './unstarted.js';

/** What taking entries needs of its consumer. */
export interface TakingHost {
  /** How many entries may be taken now. */
  credit(): number;
  /** Entries are ours now, oldest first. */
  took(entries: readonly HeldEntry[]): void;
}

/** At most this many entries are read, or claimed, by one command: more would keep the server from others for too long. */
const readAtOnce = 500;
const claimedAtOnce = 100;

/** From the server's answers to held entries, with leases that count from before the question. */
export class Taking {
  readonly #parts: ConsumerParts;
  readonly #holdings: Holdings;
  readonly #host: TakingHost;
  readonly #wants: Wants;
  #lastReadMs: number | undefined;

  constructor(parts: ConsumerParts, holdings: Holdings, host: TakingHost, wants: Wants) {
    this.#parts = parts;
    this.#holdings = holdings;
    this.#host = host;
    this.#wants = wants;
  }

  /** The monotonic time of the last answer to a read. */
  get lastReadMs(): number | undefined {
    return this.#lastReadMs;
  }

  /** Ids of what is held. */
  get held(): Iterable<string> {
    return this.#holdings.ids();
  }

  get unstarted(): Unstarted {
    return this.#holdings.unstarted;
  }

  get holdsNothing(): boolean {
    return this.#holdings.size === 0;
  }

  /** How many entries one command may claim now. */
  get claimable(): number {
    return Math.min(claimedAtOnce, this.#host.credit());
  }

  /** Entries pending in our own name that we do not hold: from before a restart, from a reply that was lost, or let go. */
  async unheld(): Promise<readonly Delivery[]> {
    const { driver, keys, owner } = this.#parts;
    const { claimable } = this;
    const count = this.#holdings.size + claimable;
    const pending = await driver.send(pendingOf(keys.log, owner.group, owner.consumer, undefined, count));
    return pending.filter(({ id }) => !this.#holdings.has(id)).slice(0, claimable);
  }

  /** Takes what is new; gives how many were asked for, and how many came. */
  async fresh(): Promise<{ readonly asked: number; readonly came: number }> {
    const { driver, keys, owner, options } = this.#parts;
    const asked = Math.min(readAtOnce, this.#host.credit());
    const sentAtMs = driver.clock.monotonic();
    const command = readGroup(keys.log, owner.group, owner.consumer, asked);
    const entries = await this.#received(asked, () => driver.send(command));
    this.#lastReadMs = driver.clock.monotonic();
    const last = entries.at(-1);
    if (last !== undefined) this.unstarted.came(last.id);
    const leaseUntilMs = sentAtMs + options.leaseMs;
    this.#take(this.#holdings.anew(entries.map((entry) => new HeldEntry(entry, 1, 0, leaseUntilMs))));
    return { asked, came: entries.length };
  }

  /** Takes what a claim gives. */
  async claimed<T extends Claimed>(claim: (sender: ConsumerParts['driver']) => Promise<T>): Promise<T> {
    const { driver, options, emit } = this.#parts;
    const sentAtMs = driver.clock.monotonic();
    const result = await this.#received(this.#host.credit(), () => claim(driver));
    this.#lastReadMs = driver.clock.monotonic();
    if (result.lost.length > 0) emit({ type: 'payload-lost', ids: result.lost });
    for (const { id, deliveries } of result.entries) if (deliveries === 1) this.unstarted.came(id);
    const leaseUntilMs = sentAtMs + options.leaseMs;
    const taken = this.#holdings.anew(
      result.entries.map((entry) => new HeldEntry(entry, entry.deliveries, entry.failures, leaseUntilMs)),
    );
    if (options.ordered) this.#holdings.loseExpired();
    // What went out of sight meanwhile may come before it in the order: it is left pending, and taken again in its turn.
    if (options.ordered && this.#wants.own) {
      for (const entry of taken) this.unstarted.note(entry);
      return result;
    }
    this.#take(taken);
    return result;
  }

  #received<T>(atMost: number, run: () => Promise<T>): Promise<T> {
    const { definition, owner, telemetry } = this.#parts;
    const of = () => ({ stream: definition.name, group: owner.group, messages: atMost });
    return traced(telemetry, 'receive', of, run);
  }

  #take(entries: readonly HeldEntry[]): void {
    if (entries.length === 0) return;
    for (const entry of entries) this.#holdings.add(entry);
    this.#host.took(entries);
  }
}
