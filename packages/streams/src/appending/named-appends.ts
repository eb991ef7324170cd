import {
  type CallOptions,
  type Command,
  type Driver,
  isServerError,
  oneDeadline,
  sentOf,
  waitWithin,
} from '@penknife/core';
import type { Appended, AppendName } from '../commands/append.js';

/**
 * A server remembers the latest hundred ids of a producer. With at most half as many under way, counted from the oldest of them,
 * none of them can be pushed out by others.
 */
const mostUnderWay = 50;
/** It remembers them for a hundred seconds: a call that may go on for as long is not to be sent again. */
const longestMs = 60_000;
/** What was answered sooner was sent once: connecting anew takes longer. */
const quickMs = 25;
/** For the question whether the server has it; half of the call's deadline where that is less. */
const longestQuestionMs = 1000;

/** Names under one producer. */
class Names {
  readonly producer: string;
  #last = 0;
  /** Numbers of those under way, the oldest first. */
  readonly #underWay = new Set<number>();

  constructor(producer: string) {
    this.producer = producer;
  }

  /** The number of one more, until it is given back; undefined where it could push out one that is under way. */
  take(): number | undefined {
    const number = this.#last + 1;
    const [oldest = number] = this.#underWay;
    if (number - oldest >= mostUnderWay) return undefined;
    this.#last = number;
    this.#underWay.add(number);
    return number;
  }

  giveBack(number: number): void {
    this.#underWay.delete(number);
  }
}

/**
 * Makes appends of messages without an id repeatable, where the server has `XADD IDMP` (Redis 8.6.2): each has a name, so one whose
 * reply was lost is sent again, and stored once. What is beyond its bounds is sent as ever.
 */
export class NamedAppends {
  readonly #driver: Driver;
  #had: boolean | undefined;
  #names: Names | undefined;

  constructor(driver: Driver, wanted: boolean) {
    this.#driver = driver;
    if (!wanted) this.#had = false;
  }

  /** Sends what `make` makes of a name, or of none. */
  send(make: (name?: AppendName) => Command<Appended>, call: CallOptions | undefined): Promise<Appended> {
    if (this.#had === false) return this.#driver.send(make(), call);
    return this.#sendNamed(make, call);
  }

  async #sendNamed(
    make: (name?: AppendName) => Command<Appended>,
    call: CallOptions | undefined,
  ): Promise<Appended> {
    const driver = this.#driver;
    const within = oneDeadline(driver.clock, call);
    const had = this.#had ?? (await this.#ask(call));
    const long = call?.deadlineMs !== undefined && call.deadlineMs > longestMs;
    if (!had || long) return driver.send(make(), within());
    this.#names ??= new Names(Buffer.from(driver.random.bytes(12)).toString('base64url'));
    const names = this.#names;
    const number = names.take();
    if (number === undefined) return driver.send(make(), within());
    const sinceMs = driver.clock.monotonic();
    let quick = false;
    try {
      const appended = await driver.send(make({ producer: names.producer, number }), within());
      quick = driver.clock.monotonic() - sinceMs <= quickMs;
      return appended;
    } catch (error) {
      // A server that came with a failover may be an older one. Only where no earlier try can have run.
      if (!isServerError(error, 'ERR') || sentOf(error) !== 'no') throw error;
      if ((await this.#ask(within())) !== false) throw error;
      return await driver.send(make(), within());
    } finally {
      names.giveBack(number);
      // A try of it may be on its way yet: no later names are to push this one out, so they go under another producer.
      if (!quick && this.#names === names) this.#names = undefined;
    }
  }

  /** Whether the server has it; undefined where it did not say: it may be away, and an append without a name waits for it. */
  async #ask(call: CallOptions | undefined): Promise<boolean | undefined> {
    this.#had = undefined;
    const deadlineMs = Math.min((call?.deadlineMs ?? Number.POSITIVE_INFINITY) / 2, longestQuestionMs);
    const { clock } = this.#driver;
    try {
      const traits = await waitWithin(clock, this.#driver.traits(), { ...call, deadlineMs }, 'no');
      this.#had = traits.supports('xadd-idmp');
    } catch {
      // Asked anew with the next append.
    }
    return this.#had;
  }
}
