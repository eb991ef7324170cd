import {
  type CallOptions,
  ClosedError,
  type Command,
  ConnectionError,
  type Driver,
  isUnavailable,
  reportListenerError,
  waitWithin,
} from '@penknife/core';
import { ProcessChannel, Sweeper } from '@penknife/machinery';
import type { Answer, Pointer } from '../answer.js';
import { type Budget, leftOf } from '../budget.js';
import { shownError } from '../errors.js';
import { type Place, placeOf, publicIdOf } from '../key-ring.js';
import { type Gone, goneBy } from '../outcome.js';
import { tellListener } from '../tell-listener.js';

/** A watched session is over. */
export interface SessionEnd {
  /** The public id it had when it was over. */
  readonly publicId: string;
  readonly reason: Gone;
}

/** A standing `onRevoked`. */
export interface SessionWatch {
  /** Nothing is told from now on. Resolves when nothing of it is left. Repeatable. */
  close(): Promise<void>;
}

/** What watching needs. */
export interface WatchGround {
  /** Where ends are told, by the key of the user's list. */
  readonly channel: string;
  readonly everyMs: number;
  readonly deadlineMs: number;
  check(place: Place): Command<Answer>;
}

interface Watch {
  place: Place;
  /** Where it stood when it was told to go on to a place where nothing may stand yet. */
  from?: Place | undefined;
  readonly listener: (end: SessionEnd) => void;
}

/** Sessions looked at by one batch. */
const batchSize = 100;

/**
 * Sessions that somebody wants to hear the end of. What is told on the channel is a hint to look: only the look counts. So
 * a message that is lost costs time, a forged one a command. Channel and timer stand only while something is watched.
 */
export class WatchedSessions {
  readonly #driver: Driver;
  readonly #ground: WatchGround;
  /** By tag: what is told names a tag. */
  readonly #watches: Map<string, Set<Watch>> = new Map();
  #running: { readonly channel: ProcessChannel; readonly checks: Sweeper } | undefined;
  #stopping: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(driver: Driver, ground: WatchGround) {
    this.#driver = driver;
    this.#ground = ground;
  }

  async watch(place: Place, listener: (end: SessionEnd) => void, within: Budget): Promise<SessionWatch> {
    if (this.#closed) throw new ClosedError('sessions');
    const watch: Watch = { place, listener };
    this.#add(watch);
    try {
      await this.#inTime(this.#started().channel.open(), within);
      // What happened before the channel was open.
      await this.#look([watch], callIn(within, this.#leftOf(within)));
    } catch (error) {
      // What is under way ends by itself; the caller's time is over.
      this.#remove(watch).catch(reportListenerError);
      throw shownError(error);
    }
    return { close: () => this.#remove(watch) };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watches.clear();
    await this.#stop();
  }

  #started(): { readonly channel: ProcessChannel; readonly checks: Sweeper } {
    if (this.#running !== undefined) return this.#running;
    const all = (): Watch[] => [...this.#watches.values()].flatMap((watches) => [...watches]);
    const channel = new ProcessChannel(this.#driver, () => this.#ground.channel, {
      message: (userKey) => this.#lookSoon([...(this.#watches.get(tagIn(userKey)) ?? [])]),
      gap: () => this.#lookSoon(all()),
    });
    const checks = new Sweeper(
      this.#driver,
      {
        sweep: async (signal) => {
          await this.#look(all(), { deadlineMs: this.#ground.deadlineMs, signal });
          // Where the channel could not be had, it may be had now. Never rejects.
          void channel.open();
          return { kind: 'swept', nextDueMs: undefined };
        },
        leave: async () => undefined,
      },
      { everyMs: this.#ground.everyMs },
    );
    checks.start();
    this.#running = { channel, checks };
    return this.#running;
  }

  #lookSoon(watches: readonly Watch[]): void {
    this.#look(watches).catch((error: unknown) => {
      // While the server is away nothing can be said of a session; the next look will.
      if (!isUnavailable(error)) reportListenerError(error);
    });
  }

  #leftOf(within: Budget): number {
    return Math.max(1, leftOf(this.#driver, within));
  }

  async #inTime(opening: Promise<void>, within: Budget): Promise<void> {
    const call = callIn(within, this.#leftOf(within));
    await waitWithin(this.#driver.clock, opening, call, 'no', (error) =>
      error.kind === 'aborted'
        ? error
        : new ConnectionError('the channel was not open in time', { sent: 'no' }),
    );
  }

  async #look(
    watches: readonly Watch[],
    call: CallOptions = { deadlineMs: this.#ground.deadlineMs },
  ): Promise<void> {
    for (let from = 0; from < watches.length; from += batchSize) {
      const some = watches.slice(from, from + batchSize);
      const asked = some.map(({ place }) => place);
      const answers = await this.#driver.batch(
        asked.map((place) => this.#ground.check(place)),
        call,
      );
      const moved: Watch[] = [];
      for (const [i, answer] of answers.entries()) {
        const watch = some[i] as Watch;
        if (!answer.ok) throw answer.error;
        // Another look, under way at the same time, has seen it move.
        if (watch.place !== asked[i]) continue;
        const { value } = answer;
        if (value.state === 'moved' && this.#follow(watch, value)) moved.push(watch);
        // Not there yet: when it is, or is not any more, the pointer is asked again.
        else if (value.state === 'none' && watch.from !== undefined) this.#move(watch, watch.from);
        else if (value.state !== 'live') this.#tell(watch, value.state);
        else watch.from = undefined;
      }
      await this.#look(moved, call);
    }
  }

  #follow(watch: Watch, { to, arriving }: Pointer): boolean {
    const next = placeOf(to);
    if (next === null || !this.#has(watch)) return false;
    this.#move(watch, next, arriving ? watch.place : undefined);
    return true;
  }

  #move(watch: Watch, to: Place, from?: Place): void {
    this.#forget(watch);
    watch.place = to;
    watch.from = from;
    this.#add(watch);
  }

  #tell(watch: Watch, state: string): void {
    if (!this.#has(watch)) return;
    this.#remove(watch).catch(reportListenerError);
    tellListener(watch.listener, { publicId: publicIdOf(watch.place), reason: goneBy(state) });
  }

  #has(watch: Watch): boolean {
    return this.#watches.get(watch.place.tag)?.has(watch) === true;
  }

  #add(watch: Watch): void {
    const { tag } = watch.place;
    const watches = this.#watches.get(tag);
    if (watches === undefined) this.#watches.set(tag, new Set([watch]));
    else watches.add(watch);
  }

  #forget(watch: Watch): void {
    const { tag } = watch.place;
    const watches = this.#watches.get(tag);
    watches?.delete(watch);
    if (watches?.size === 0) this.#watches.delete(tag);
  }

  async #remove(watch: Watch): Promise<void> {
    this.#forget(watch);
    if (this.#watches.size === 0) await this.#stop();
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running !== undefined)
      this.#stopping = Promise.all([running.channel.close(), running.checks.close()]);
    await this.#stopping;
  }
}

function callIn({ signal }: Budget, deadlineMs: number): CallOptions {
  return { deadlineMs, ...(signal && { signal }) };
}

/** The tag of a key that is told. */
function tagIn(userKey: string): string {
  return userKey.slice(userKey.lastIndexOf('{') + 1, -1);
}
