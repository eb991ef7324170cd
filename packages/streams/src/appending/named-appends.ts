import { type CallOptions, type Command, type Driver, isServerError, sentOf } from '@penknife/core';
import type { Appended, AppendName } from '../commands/append.js';

/**
 * A server remembers the latest hundred ids of a producer. With at most half as many under way, counted from the oldest of them,
 * none of them can be pushed out by others.
 */
const mostUnderWay = 50;
/** It remembers them for a hundred seconds: a call that may go on for as long is not to be sent again. */
const longestMs = 60_000;

/**
 * Makes appends of messages without an id repeatable, where the server has `XADD IDMP` (Redis 8.6): each has a name for as long as
 * it is under way, so one whose reply was lost is sent again, and stored once. What is beyond its bounds is sent as ever.
 */
export class NamedAppends {
  readonly #driver: Driver;
  #had: boolean | undefined;
  #producer: string | undefined;
  #last = 0;
  /** Numbers of those under way, the oldest first. */
  readonly #underWay = new Set<number>();

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
    this.#had ??= (await this.#driver.traits()).supports('xadd-idmp');
    const number = this.#last + 1;
    const [oldest = number] = this.#underWay;
    const long = call?.deadlineMs !== undefined && call.deadlineMs > longestMs;
    if (!this.#had || long || number - oldest >= mostUnderWay) return this.#driver.send(make(), call);
    this.#last = number;
    this.#underWay.add(number);
    this.#producer ??= Buffer.from(this.#driver.random.bytes(12)).toString('base64url');
    try {
      return await this.#driver.send(make({ producer: this.#producer, number }), call);
    } catch (error) {
      // A server that came with a failover may be an older one. Only where no earlier try can have run.
      if (!isServerError(error, 'ERR') || sentOf(error) !== 'no') throw error;
      this.#had = false;
      return this.#driver.send(make(), call);
    } finally {
      this.#underWay.delete(number);
    }
  }
}
