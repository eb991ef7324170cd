import { backoffMs, isPenknifeError } from '@penknife/core';
import { type Claimed, claimDue, claimExpired, reclaimOwn, takeInOrder } from '../commands/claim.js';
import { createGroup, groupExists, groupIsGone, pendingOf } from '../commands/group.js';
import { readGroup } from '../commands/read.js';
import type { Delivery } from '../commands/settle.js';
import { traced } from '../telemetry.js';
import { subscribeToWakeUps, type WakeSubscription } from '../wake/wake-up.js';
import type { ConsumerParts } from './consumer-parts.js';
import { HeldEntry } from './held-entry.js';
import type { Holdings } from './holdings.js';
import { type Look, LookingTimes } from './looking-times.js';

/** What the intake needs of its consumer. */
export interface IntakeHost {
  /** How many entries may be taken now. */
  credit(): number;
  /** Entries are ours now, oldest first. */
  took(entries: readonly HeldEntry[]): void;
  /** A command has its answer, whatever came of it. */
  looked(): void;
  /** The group is there. */
  ready(): void;
  /** The driver is closed: nothing will ever come again. */
  ended(): void;
}

const consumersAtOnce = 100;
/** At most this many entries are read, or claimed, by one command: more would keep the server from others for too long. */
const readAtOnce = 500;
const claimedAtOnce = 100;
const backoff = { baseMs: 20, maxMs: 5000, jitter: 'equal' } as const;

/**
 * Takes entries, with one command under way at most, and never more than there is room for: first the group is made sure
 * of, then what is pending in our own name, then retries that are due, then what dead consumers left, then what is new.
 * A fault never ends it: it waits and goes on, and `lastReadMs` says when the server was last heard.
 */
export class Intake {
  readonly #parts: ConsumerParts;
  readonly #holdings: Holdings;
  readonly #host: IntakeHost;
  readonly #times: LookingTimes;
  readonly #stopping = new AbortController();
  #wakeUps: WakeSubscription | undefined;
  #wants = { group: true, own: false, due: true, sweep: true, fresh: true };
  #sweepCursor = '';
  #busy = false;
  #failures = 0;
  #recreating = false;
  #standingBy = false;
  /** An ordered consumer has entries in its name that it does not hold. */
  #outOfSight = false;
  #idle: (() => void) | undefined;
  #lastReadMs: number | undefined;

  constructor(parts: ConsumerParts, holdings: Holdings, host: IntakeHost) {
    this.#parts = parts;
    this.#holdings = holdings;
    this.#host = host;
    this.#wants.own = parts.options.name !== undefined;
    this.#times = new LookingTimes(parts.driver.clock, (what) => this.#want(what));
  }

  /** The monotonic time of the last answer to a read. */
  get lastReadMs(): number | undefined {
    return this.#lastReadMs;
  }

  /** True while more may come without anything else happening: a batch had better wait for it. */
  get expectsMore(): boolean {
    return this.#busy || this.#wants.fresh || this.#wants.due;
  }

  start(): void {
    this.#times.poll(this.#parts.options.pollMs);
    this.more();
  }

  /** There is room, or something to look for. */
  more(): void {
    if (this.#busy || this.#stopping.signal.aborted || this.#host.credit() <= 0) return;
    const { group, own, due, sweep, fresh } = this.#wants;
    if (!group && !own && !due && !sweep && !fresh) return;
    this.#busy = true;
    void this.#takeOnce().then(() => {
      this.#busy = false;
      const idle = this.#idle;
      this.#idle = undefined;
      idle?.();
      this.#host.looked();
      this.more();
    });
  }

  /** Something that is ours by the server's books was let go here: it is taken up as a further delivery. */
  lostSight(): void {
    this.#wants.own = true;
    this.more();
  }

  /** A retry is due in `delayMs`. Others of the group know of it only when they look, so this one had better be there. */
  retryPlanned(delayMs: number): void {
    this.#times.retryIn(delayMs);
  }

  /** Takes nothing more; resolves when the command under way has its answer. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#times.stop();
    this.#wakeUps?.close();
    await this.settled();
  }

  /** Resolves when the command under way has its answer. */
  async settled(): Promise<void> {
    if (!this.#busy) return;
    await new Promise<void>((resolve) => {
      const before = this.#idle;
      this.#idle = () => {
        before?.();
        resolve();
      };
    });
  }

  #want(what: Look): void {
    this.#wants[what] = true;
    this.more();
  }

  async #takeOnce(): Promise<void> {
    const { clock, random } = this.#parts.driver;
    try {
      await this.#takeNext();
      this.#failures = 0;
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      if (isPenknifeError(error) && error.code === 'CLOSED') {
        this.#busy = false;
        await this.stop();
        this.#host.ended();
        return;
      }
      if (groupIsGone(error)) {
        this.#wants.group = true;
        this.#recreating = true;
        return;
      }
      // Whatever it was to find is still wanted.
      this.#wants = { ...this.#wants, due: true, fresh: true };
      // The command may have run, and its reply be lost: what it took is in our own pending list.
      this.#wants.own ||= !this.#wants.group;
      this.#failures++;
      this.#parts.emit({ type: 'error', error });
      await clock
        .sleep(backoffMs(backoff, this.#failures, random), this.#stopping.signal)
        .catch(() => undefined);
    }
  }

  #takeNext(): Promise<void> {
    if (this.#wants.group) return this.#makeGroup();
    if (this.#parts.options.ordered) return this.#takeInOrder();
    if (this.#wants.own) return this.#takeOwn();
    if (this.#wants.due) return this.#takeDue();
    if (this.#wants.sweep) return this.#sweep();
    return this.#takeFresh();
  }

  async #makeGroup(): Promise<void> {
    const { driver, keys, owner, options, emit } = this.#parts;
    await this.#parts.ladder.climb(driver, options.deletesDone);
    let created = true;
    const from = this.#recreating ? options.restartId : options.startId;
    try {
      await driver.send(createGroup(keys.log, owner.group, from));
    } catch (error) {
      if (!groupExists(error)) throw error;
      created = false;
    }
    if (this.#recreating && created) emit({ type: 'group-recreated' });
    else emit({ type: 'ready', created });
    this.#recreating = false;
    this.#wants = { ...this.#wants, group: false, due: true, fresh: true };
    if (this.#stopping.signal.aborted) return;
    if (this.#wakeUps === undefined) {
      this.#wakeUps = subscribeToWakeUps(driver, keys, (kind) => {
        if (kind !== 'log') this.#wants.due = true;
        this.#want('fresh');
      });
    } else {
      this.#wakeUps.reset();
    }
    this.#host.ready();
  }

  async #takeOwn(): Promise<void> {
    const { keys, owner } = this.#parts;
    const unheld = await this.#unheld();
    if (unheld.length === 0) this.#wants.own = false;
    else await this.#claimed((sender) => sender.send(reclaimOwn(keys, owner, unheld)));
  }

  /** Entries pending in our own name that we do not hold: from before a restart, from a reply that was lost, or let go. */
  async #unheld(): Promise<readonly Delivery[]> {
    const { driver, keys, owner } = this.#parts;
    const credit = Math.min(claimedAtOnce, this.#host.credit());
    const count = this.#holdings.size + credit;
    const pending = await driver.send(pendingOf(keys.log, owner.group, owner.consumer, undefined, count));
    return pending.filter(({ id }) => !this.#holdings.has(id)).slice(0, credit);
  }

  async #takeDue(): Promise<void> {
    const { keys, owner } = this.#parts;
    this.#wants.due = false;
    const { nextDueMs } = await this.#claimed((sender) =>
      sender.send(claimDue(keys, owner, Math.min(claimedAtOnce, this.#host.credit()))),
    );
    if (nextDueMs === 0) this.#wants.due = true;
    else if (nextDueMs !== null) this.retryPlanned(nextDueMs);
  }

  async #sweep(): Promise<void> {
    const { driver, keys, owner, options, emit } = this.#parts;
    const { leaseMs, consumerIdleMs } = options;
    const { entries, removed, cursor, nextMs } = await this.#claimed((sender) =>
      sender.send(
        claimExpired(keys, owner, {
          limit: Math.min(claimedAtOnce, this.#host.credit()),
          leaseMs,
          consumerIdleMs,
          maxConsumers: consumersAtOnce,
          cursor: this.#sweepCursor,
        }),
      ),
    );
    if (entries.length > 0) emit({ type: 'taken-over', ids: entries.map(({ id }) => id) });
    if (removed.length > 0) emit({ type: 'consumers-removed', names: removed });
    this.#sweepCursor = cursor;
    if (cursor !== '' || nextMs <= 0) return;
    // Retries that others put back, and such as the sweep listed anew, are known from now on.
    this.#wants = { ...this.#wants, sweep: false, due: true };
    // The next look is just after the first moment at which anything can have expired; jitter keeps the members apart.
    this.#times.sweepIn(nextMs + 1 + driver.random.fraction() * Math.min(500, leaseMs / 10));
  }

  async #takeInOrder(): Promise<void> {
    const { keys, owner, options, emit, driver, tenure } = this.#parts;
    const { sweep, own } = this.#wants;
    this.#wants = { ...this.#wants, own: false, due: false, sweep: false, fresh: false };
    // Until nothing is left of it, even where others stand before it in the order: what follows must not pass it by.
    if (own) this.#outOfSight = true;
    const unheld = this.#outOfSight ? await this.#unheld() : [];
    if (unheld.length === 0) this.#outOfSight = false;
    const { entries, lost, more, blockedMs, removed, tenureOver } = await this.#claimed((sender) =>
      sender.send(
        takeInOrder(
          keys,
          owner,
          {
            limit: Math.min(claimedAtOnce, this.#host.credit()),
            leaseMs: options.leaseMs,
            held: this.#holdings.size,
            idleMs: sweep ? options.consumerIdleMs : '',
            unheld,
          },
          tenure,
        ),
      ),
    );
    if (tenureOver) {
      tenure?.ended();
      return;
    }
    if (removed.length > 0) emit({ type: 'consumers-removed', names: removed });
    const standingBy = blockedMs !== null && this.#holdings.size === 0;
    if (standingBy && !this.#standingBy) emit({ type: 'standing-by' });
    this.#standingBy = standingBy;
    // All it saw is ours, and more than we know of.
    if (more && entries.length === 0 && lost.length === 0) this.#wants.own = true;
    if (more) this.#wants.fresh = true;
    else this.#wakeUps?.drained(entries.length > 0);
    const jitterMs = driver.random.fraction() * Math.min(500, options.leaseMs / 10);
    this.#times.sweepIn((blockedMs ?? options.leaseMs) + 1 + jitterMs);
  }

  async #takeFresh(): Promise<void> {
    const { driver, keys, owner, options } = this.#parts;
    const credit = Math.min(readAtOnce, this.#host.credit());
    this.#wants.fresh = false;
    const sentAtMs = driver.clock.monotonic();
    const command = readGroup(keys.log, owner.group, owner.consumer, credit);
    const entries = await this.#received(credit, () => driver.send(command));
    this.#lastReadMs = driver.clock.monotonic();
    const leaseUntilMs = sentAtMs + options.leaseMs;
    this.#take(entries.map((entry) => new HeldEntry(entry, 1, 0, leaseUntilMs)));
    if (entries.length === credit) this.#wants.fresh = true;
    else this.#wakeUps?.drained(entries.length > 0);
  }

  async #claimed<T extends Claimed>(claim: (sender: ConsumerParts['driver']) => Promise<T>): Promise<T> {
    const { driver, options, emit } = this.#parts;
    const sentAtMs = driver.clock.monotonic();
    const result = await this.#received(this.#host.credit(), () => claim(driver));
    this.#lastReadMs = driver.clock.monotonic();
    if (result.lost.length > 0) emit({ type: 'payload-lost', ids: result.lost });
    const leaseUntilMs = sentAtMs + options.leaseMs;
    // What went out of sight meanwhile may come before it in the order: it is left pending, and taken again in its turn.
    if (options.ordered && this.#wants.own) return result;
    this.#take(
      result.entries.map((entry) => new HeldEntry(entry, entry.deliveries, entry.failures, leaseUntilMs)),
    );
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
