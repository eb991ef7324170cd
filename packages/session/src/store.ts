import {
  type Arg,
  type CallOptions,
  type Command,
  ConnectionError,
  type Driver,
  type KeyBuilders,
} from '@penknife/core';
import type { Answer } from './answer.js';
import { type Budget, leftOf, sendWithin, startBudget } from './budget.js';
import { awaitEnd, checkScript, destroyScript, forgetUser, type SessionScript } from './commands.js';
import { createFieldCodec, type FieldCodec } from './data/field-text.js';
import { shownError } from './errors.js';
import { type Place, placeOf, publicIdOf } from './key-ring.js';
import { endsChannel, sessionKeys } from './keys.js';
import type { ResolvedOptions } from './options.js';
import { WatchedSessions } from './watch/watched-sessions.js';

/** Longest way of pointers that a request follows, and that a revocation of all descendants follows. */
const furthest = 64;
/** How long a session that moves to a new secret is waited for, in ms, and the first of the pauses, which double. */
const arrivalMs = 1000;
const firstPauseMs = 2;

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

  /** Where a session of this tag is put aside on its way to a place. */
  asideKey(tag: string, to: Place): string {
    return this.#keys.p(tag, to.entry);
  }

  get dueKey(): string {
    return this.#keys.due('sessions');
  }

  get leaseKey(): string {
    return this.#keys.lease('sessions');
  }

  /**
   * Before a session comes to stand at a place: notes when to look for its end, so that none ends untold. What then does
   * not come to be is looked at in vain. `leftMs`: of its absolute life.
   */
  async announce(place: Place, call: Budget, leftMs: number = this.options.absoluteMs): Promise<void> {
    const { keepEndedMs, idleMs } = this.options;
    if (keepEndedMs === 0) return;
    const inMs = Math.max(1, Math.ceil(Math.min(idleMs, leftMs)));
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

  /**
   * Acts on a session where it is now: follows the pointers of rotations, with the generation each of them tells. A holder that
   * a migration has overtaken keeps its own, which nothing is saved for. What is on its way to another slot is waited for.
   */
  async follow(
    start: Place,
    generation: string,
    build: (place: Place, generation: string) => Command<Answer>,
    call: Budget,
  ): Promise<Done> {
    let place = start;
    let known = generation;
    let pointer: { readonly place: Place; readonly known: string } | undefined;
    let pauseMs = firstPauseMs;
    for (let step = 0; step < furthest; ) {
      const answer = await this.send(build(place, known), call);
      if (answer.state === 'none' && pointer !== undefined) {
        await this.#awaitArrival(pauseMs, call);
        pauseMs *= 2;
        // Whether it still leads there: what could not be created is put back.
        ({ place, known } = pointer);
        pointer = undefined;
        continue;
      }
      if (answer.state !== 'moved') return { place, answer };
      const next = placeOf(answer.to);
      if (next === null) return { place, answer: { state: 'foreign' } };
      pointer = answer.arriving ? { place, known } : undefined;
      if (known === '' || Number(known) + 1 === Number(answer.generation)) known = answer.generation;
      place = next;
      step++;
    }
    return { place, answer: { state: 'superseded' } };
  }

  async #awaitArrival(pauseMs: number, call: Budget): Promise<void> {
    if (pauseMs > arrivalMs) {
      throw shownError(new ConnectionError('the session has not arrived in its new place', { sent: 'no' }));
    }
    await this.driver.clock.sleep(Math.min(pauseMs, leftOf(this.driver, call)), call.signal);
  }

  /**
   * Ends all sessions that the lists of these tags name. One may be on its way from the slot of any secret to that of any other,
   * and comes to nothing when its old list is gone: so each tag is ended once more after all others were. True when there were any.
   */
  async endAll(tags: readonly string[], call: Budget): Promise<boolean> {
    let found = false;
    for (const tag of [...tags.toReversed(), ...tags.slice(1)]) {
      if (await this.send(forgetUser(this.userKey(tag), this.channel), call)) found = true;
    }
    return found;
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
    const { idleMs, tombstoneMs } = this.options;
    let place: Place | null = start;
    for (let step = 0; place !== null && step < furthest; step++) {
      const answer: Answer = await this.send(
        this.on(destroyScript, place, [idleMs, tombstoneMs, how.early ? 1 : 0, this.channel]),
        call,
      );
      if (answer.state !== 'moved') return answer.state === 'ended';
      place = answer.followed || how.family ? placeOf(answer.to) : null;
    }
    return false;
  }
}
