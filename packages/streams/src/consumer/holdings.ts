import type { Driver, Timer } from '@penknife/core';
import { renewAll } from '../commands/settle.js';
import { LeaseLostError } from '../errors.js';
import type { ConsumerParts } from './consumer-parts.js';
import type { HeldEntry } from './held-entry.js';
import { Unstarted } from './unstarted.js';

/**
 * Everything a consumer owns, from being taken to being settled, and the leases of it. All of it is renewed, also what
 * still waits in the buffer, in one command a third of a lease. What cannot be renewed is lost at its local deadline,
 * which lies before the server's: nobody can have taken it before its signal fired.
 */
export class Holdings {
  readonly #parts: ConsumerParts;
  readonly #driver: Driver;
  readonly #entries = new Map<string, HeldEntry>();
  #renewal: Timer | undefined;
  #expiry: Timer | undefined;
  #renewing = false;
  /** What is pending in our name and was never started. */
  readonly unstarted: Unstarted;

  readonly #letGo: (entry: HeldEntry) => void;

  /** `letGo` is called with every entry that is settled, lost or handed over. */
  constructor(parts: ConsumerParts, letGo: (entry: HeldEntry) => void) {
    this.#parts = parts;
    this.#letGo = letGo;
    this.#driver = parts.driver;
    this.unstarted = new Unstarted(parts.options.name === undefined);
  }

  get size(): number {
    return this.#entries.size;
  }

  [Symbol.iterator](): IterableIterator<HeldEntry> {
    return this.#entries.values();
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** The ids of everything held. */
  ids(): Iterable<string> {
    return this.#entries.keys();
  }

  /** Lets go what waits behind one that was lost: it comes back in its turn. */
  letGo(entry: HeldEntry): void {
    this.#noteUnstarted(entry);
    this.remove(entry);
  }

  /**
   * Of entries that the server gave us those that are not held already. One that is held in this very delivery was read anew by
   * its owner, for the group was moved back: it goes on, with a new lease, unless its handler is done. One held in an older
   * delivery was lost without our noticing, and is lost now.
   */
  anew(given: readonly HeldEntry[]): readonly HeldEntry[] {
    return given.filter((one) => {
      const older = this.#entries.get(one.id);
      if (older === undefined) return true;
      if (older.deliveries === one.deliveries && older.state !== 'settling') {
        older.leaseUntilMs = Math.max(older.leaseUntilMs, one.leaseUntilMs);
        return false;
      }
      this.lose(older, 'taken');
      return true;
    });
  }

  /** Loses what has expired by now, also before the timer says so. */
  loseExpired(): void {
    for (const entry of [...this.#entries.values()]) this.isOurs(entry);
  }

  /** `next` is the further delivery of `entry`: one of them is held at every moment. */
  exchange(entry: HeldEntry, next: HeldEntry): void {
    entry.state = 'let-go';
    this.add(next);
  }

  add(entry: HeldEntry): void {
    this.#entries.set(entry.id, entry);
    const { leaseMs } = this.#parts.options;
    this.#renewal ??= this.#driver.clock.timer(leaseMs / 3, () => this.#renewalDue());
    // Counted to its deadline, not from now: the command that took it has cost some of its time.
    const { clock } = this.#driver;
    this.#expiry ??= clock.timer(entry.leaseUntilMs - clock.monotonic(), () => this.#expiryDue());
  }

  /** It is settled or handed over. */
  remove(entry: HeldEntry): void {
    if (entry.state !== 'let-go') entry.state = 'let-go';
    if (this.#entries.get(entry.id) === entry) this.#entries.delete(entry.id);
    this.#letGo(entry);
  }

  /** It is ours no more: its signal fires. */
  lose(entry: HeldEntry, why: 'expired' | 'taken' | 'gone'): void {
    if (entry.state === 'let-go') return;
    this.#noteUnstarted(entry);
    entry.lose(new LeaseLostError(why));
    this.remove(entry);
    this.#parts.emit({ type: 'lease-lost', id: entry.id, why });
  }

  /** True while the lease surely holds. An event loop that stood still shows here before a handler starts. */
  isOurs(entry: HeldEntry): boolean {
    if (entry.state === 'let-go') return false;
    const { tenure } = this.#parts;
    const untilMs = Math.min(entry.leaseUntilMs, tenure?.leaseUntilMs ?? entry.leaseUntilMs);
    if (this.#driver.clock.monotonic() < untilMs) return true;
    this.lose(entry, 'expired');
    return false;
  }

  /** Renews now; true when `entry` is still ours afterwards. */
  async renew(entry?: HeldEntry): Promise<boolean> {
    const entries = (entry === undefined ? [...this.#entries.values()] : [entry]).filter(
      (one) => !one.trimmed,
    );
    const sentAtMs = this.#driver.clock.monotonic();
    const { keys, owner, options } = this.#parts;
    for (let from = 0; from < entries.length; from += renewedAtOnce) {
      const some = entries.slice(from, from + renewedAtOnce);
      const refused = await this.#driver.send(renewAll(keys, owner, some), { deadlineMs: options.leaseMs });
      for (const one of some) {
        const status = refused.get(one.id);
        if (status === undefined) one.leaseUntilMs = Math.max(one.leaseUntilMs, sentAtMs + options.leaseMs);
        else if (status === 'trimmed') this.#trimmed(one);
        // What is being settled is gone by our own doing.
        else if (one.state !== 'settling') this.lose(one, status === 'taken' ? 'taken' : 'gone');
      }
    }
    return entry === undefined || entry.state !== 'let-go';
  }

  stop(): void {
    this.#renewal?.cancel();
    this.#expiry?.cancel();
    this.#entries.clear();
  }

  #noteUnstarted(entry: HeldEntry): void {
    if (this.#parts.options.ordered && entry.state === 'waiting' && !entry.seen) this.unstarted.note(entry);
  }

  /** Its entry was trimmed while a handler works on it: nobody else can get it, so the work goes on. */
  #trimmed(entry: HeldEntry): void {
    entry.trimmed = true;
    entry.leaseUntilMs = Number.POSITIVE_INFINITY;
    this.#parts.emit({ type: 'payload-lost', ids: [entry.id] });
  }

  #renewalDue(): void {
    this.#renewal = undefined;
    if (this.#entries.size === 0) return;
    this.#renewal = this.#driver.clock.timer(this.#parts.options.leaseMs / 3, () => this.#renewalDue());
    if (this.#renewing) return;
    this.#renewing = true;
    this.renew().then(
      () => {
        this.#renewing = false;
      },
      (error) => {
        this.#renewing = false;
        this.#parts.emit({ type: 'error', error });
      },
    );
  }

  #expiryDue(): void {
    this.#expiry = undefined;
    const now = this.#driver.clock.monotonic();
    let earliestMs = Number.POSITIVE_INFINITY;
    for (const entry of [...this.#entries.values()]) {
      if (entry.leaseUntilMs <= now) this.lose(entry, 'expired');
      else earliestMs = Math.min(earliestMs, entry.leaseUntilMs);
    }
    if (earliestMs === Number.POSITIVE_INFINITY) return;
    this.#expiry = this.#driver.clock.timer(earliestMs - now, () => this.#expiryDue());
  }
}

/** Entries renewed by one command: more would keep the server from others for too long. */
const renewedAtOnce = 200;
