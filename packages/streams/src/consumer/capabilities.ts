import type { Driver } from '@penknife/core';
import type { Finish } from '../commands/delivery.js';
import type { StreamDefinition } from '../definition.js';

/** What is done by a command of the server, where it has one, and what by our scripts. The behaviour is the same. */
export interface ConsumerCapabilities {
  /** Deleting what every group is done with (`whenDone: 'delete'`). */
  readonly deleting: 'XACKDEL' | 'script' | 'off';
  /** Taking over from the dead: XREADGROUP CLAIM would also take retries before they are due, on every server. */
  readonly takeOver: 'script';
  /** Storing a message once by its id: XADD IDMP would not tell a duplicate, nor remember for as long as was said. */
  readonly dedup: 'script';
  /**
   * How a handle appends a message without an id: with a name (`repeatAppends`, XADD IDMP), so that it can be sent again. As the
   * server said when the consumer began; `'plain'` until it has, for the consumer does not wait for that.
   */
  readonly append: 'IDMP' | 'plain';
}

/** The rungs a consumer stands on. What it needs is asked before its first take; what it only reports, beside it. */
export class Ladder {
  finish: Finish = '';
  readonly #repeatAppends: boolean;
  #append: ConsumerCapabilities['append'] = 'plain';

  /** `repeatAppends`: whether the handle is to send appends again. With `maxAge` each append is a script, which has no name. */
  constructor(repeatAppends: boolean, { retention }: Pick<StreamDefinition<never, unknown>, 'retention'>) {
    this.#repeatAppends = repeatAppends && retention.maxAgeMs === undefined;
  }

  /** Asks the server for what is wanted. */
  async climb(driver: Driver, deletesDone: boolean): Promise<void> {
    if (!deletesDone && !this.#repeatAppends) return;
    const asked = driver.traits();
    if (this.#repeatAppends) {
      asked.then(
        (traits) => {
          this.#append = traits.supports('xadd-idmp') ? 'IDMP' : 'plain';
        },
        () => undefined,
      );
    }
    if (deletesDone) this.finish = (await asked).supports('xackdel') ? 'server' : 'script';
  }

  get capabilities(): ConsumerCapabilities {
    const deleting = { '': 'off', server: 'XACKDEL', script: 'script' } as const;
    return { deleting: deleting[this.finish], takeOver: 'script', dedup: 'script', append: this.#append };
  }
}
