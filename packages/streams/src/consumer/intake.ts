import { backoffMs, isPenknifeError } from '@penknife/core';
import { createGroup, groupExists, groupIsGone } from '../commands/group.js';
import { subscribeToWakeUps, type WakeSubscription } from '../wake/wake-up.js';
import type { ConsumerParts } from './consumer-parts.js';
import type { Holdings } from './holdings.js';
import { type Look, LookingTimes, type Wants } from './looking-times.js';
import { OrderedTaking } from './ordered-taking.js';
import { PlainTaking, type TakesNext } from './plain-taking.js';
import { Taking, type TakingHost } from './taking.js';

/** What the intake needs of its consumer. */
export interface IntakeHost extends TakingHost {
  /** A command has its answer, whatever came of it. */
  looked(): void;
  /** The group is there. */
  ready(): void;
  /** The driver is closed: nothing will ever come again. */
  ended(): void;
}

const backoff = { baseMs: 20, maxMs: 5000, jitter: 'equal' } as const;

/**
 * Takes entries, with one command under way at most, and never more than there is room for; first the group is made sure
 * of. A fault never ends it: it waits and goes on, and `lastReadMs` says when the server was last heard.
 */
export class Intake {
  readonly #parts: ConsumerParts;
  readonly #host: IntakeHost;
  readonly #times: LookingTimes;
  readonly #taking: Taking;
  readonly #takes: TakesNext;
  readonly #stopping = new AbortController();
  readonly #wants: Wants = { group: true, own: false, due: true, sweep: true, fresh: true };
  #wakeUps: WakeSubscription | undefined;
  #busy = false;
  #failures = 0;
  #recreating = false;
  #idle: (() => void) | undefined;

  constructor(parts: ConsumerParts, holdings: Holdings, host: IntakeHost) {
    this.#parts = parts;
    this.#host = host;
    this.#wants.own = parts.options.name !== undefined;
    this.#times = new LookingTimes(parts.driver.clock, (what) => this.#want(what));
    this.#taking = new Taking(parts, holdings, host, this.#wants);
    const Takes = parts.options.ordered ? OrderedTaking : PlainTaking;
    this.#takes = new Takes({
      parts,
      taking: this.#taking,
      wants: this.#wants,
      times: this.#times,
      drained: (found) => this.#wakeUps?.drained(found),
    });
  }

  /** The monotonic time of the last answer to a read. */
  get lastReadMs(): number | undefined {
    return this.#taking.lastReadMs;
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
      await (this.#wants.group ? this.#makeGroup() : this.#takes.next());
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
      Object.assign(this.#wants, { due: true, fresh: true });
      // The command may have run, and its reply be lost: what it took is in our own pending list.
      this.#wants.own ||= !this.#wants.group;
      this.#failures++;
      this.#parts.emit({ type: 'error', error });
      await clock
        .sleep(backoffMs(backoff, this.#failures, random), this.#stopping.signal)
        .catch(() => undefined);
    }
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
    Object.assign(this.#wants, { group: false, due: true, fresh: true });
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
}
