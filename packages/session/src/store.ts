import type { Arg, CallOptions, Command, Driver, KeyBuilders } from '@penknife/core';
import type { Answer } from './answer.js';
import { type Budget, sendWithin, startBudget } from './budget.js';
import { awaitEnd, checkScript, destroyScript, type SessionScript } from './commands.js';
import { createFieldCodec, type FieldCodec } from './data/field-text.js';
import { type Place, placeOf, publicIdOf } from './key-ring.js';
import { endsChannel, sessionKeys } from './keys.js';
import type { ResolvedOptions } from './options.js';
import { WatchedSessions } from './watch/watched-sessions.js';

/** Longest way of pointers that a request follows, and that a revocation of all descendants follows. */
const furthest = 64;

/** Where an act took place in the end, and what it answered. */
export interface Done {
  readonly place: Place;
  readonly answer: Exclude<Answer, { state: 'moved' }>;
}

/** The way from a session's place to its commands. */
export class SessionStore<Data extends object> {
  readonly driver: Driver;
  readonly options: ResolvedOptions<Data>;
  /** Where ends are told. */
  readonly channel: string;
  readonly watched: WatchedSessions;
  readonly codec: FieldCodec;
  readonly #keys: KeyBuilders<(typeof sessionKeys)['kinds']>;

  constructor(driver: Driver, options: ResolvedOptions<Data>) {
    this.driver = driver;
    this.options = options;
    this.#keys = sessionKeys.in(options.namespace);
    this.codec = createFieldCodec(options.ring, options.sealed, driver.random);
    this.channel = endsChannel(options.namespace);
    this.watched = new WatchedSessions(driver, {
      channel: this.channel,
      everyMs: options.recheckMs,
      deadlineMs: options.deadlineMs,
      check: (place) => this.on(checkScript, place, [options.idleMs]),
    });
  }

  sessionKey(place: Place): string {
    return this.#keys.s(place.tag, place.entry);
  }

  userKey(tag: string): string {
    return this.#keys.u(tag);
  }

  get dueKey(): string {
    return this.#keys.due('sessions');
  }

  get leaseKey(): string {
    return this.#keys.lease('sessions');
  }

  /**
   * Before a session comes to stand at a place: notes when to look for its end, so that none ends untold. What then does
   * not come to be is looked at in vain.
   */
  async announce(place: Place, call: Budget): Promise<void> {
    const { keepEndedMs, idleMs, absoluteMs } = this.options;
    if (keepEndedMs === 0) return;
    const inMs = Math.min(idleMs, absoluteMs);
    await this.send(awaitEnd(this.dueKey, inMs, keepEndedMs, publicIdOf(place)), call);
  }

  /** Starts the time of an act. */
  budget(call?: CallOptions): Budget {
    return startBudget(this.driver, this.options.deadlineMs, call);
  }

  /** Sends one command within what is left; outages get their name. */
  send<T>(command: Command<T>, budget: Budget): Promise<T> {
    return sendWithin(this.driver, command, budget);
  }

  /** A script on a session and its user's list, whose first argument is the session's entry there. */
  on(script: SessionScript, place: Place, args: readonly Arg[]): Command<Answer> {
    return script([this.sessionKey(place), this.userKey(place.tag)], [place.entry, ...args]);
  }

  /** Acts on a session where it is now: follows the pointers of rotations, with the generation each of them tells. */
  async follow(
    start: Place,
    generation: string,
    build: (place: Place, generation: string) => Command<Answer>,
    call: Budget,
  ): Promise<Done> {
    let place = start;
    let known = generation;
    for (let step = 0; step < furthest; step++) {
      const answer = await this.send(build(place, known), call);
      if (answer.state !== 'moved') return { place, answer };
      const next = placeOf(answer.to);
      if (next === null) return { place, answer: { state: 'foreign' } };
      place = next;
      known = answer.generation;
    }
    return { place, answer: { state: 'superseded' } };
  }

  /**
   * Ends a session and what rotations made of it; with `family` also what logins made of it. True when something was live.
   * `early`: leaves a tombstone even where nothing stands, against a creation under way.
   */
  async destroy(
    start: Place,
    how: { readonly family: boolean; readonly early: boolean },
    call: Budget,
  ): Promise<boolean> {
    const { tombstoneMs } = this.options;
    let place: Place | null = start;
    for (let step = 0; place !== null && step < furthest; step++) {
      const answer: Answer = await this.send(
        this.on(destroyScript, place, [tombstoneMs, how.early ? 1 : 0, this.channel]),
        call,
      );
      if (answer.state !== 'moved') return answer.state === 'ended';
      place = answer.followed || how.family ? placeOf(answer.to) : null;
    }
    return false;
  }
}
