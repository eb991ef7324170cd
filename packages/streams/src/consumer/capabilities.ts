import type { Driver } from '@penknife/core';
import type { Finish } from '../commands/delivery.js';

/** What is done by a command of the server, where it has one, and what by our scripts. The behaviour is the same. */
export interface ConsumerCapabilities {
  /** Deleting what every group is done with (`whenDone: 'delete'`). */
  readonly deleting: 'XACKDEL' | 'script' | 'off';
  /** Taking over from the dead: XREADGROUP CLAIM would also take retries before they are due, on every server. */
  readonly takeOver: 'script';
  /** Storing a message once by its id: XADD IDMP would not tell a duplicate, nor remember for as long as was said. */
  readonly dedup: 'script';
  /** How the handle appends a message without an id: with a name (`repeatAppends`, XADD IDMP), so that it can be sent again. */
  readonly append: 'IDMP' | 'plain';
}

/** The rungs a consumer stands on; asked before its first take. */
export class Ladder {
  finish: Finish = '';
  readonly #repeatAppends: boolean;
  #append: ConsumerCapabilities['append'] = 'plain';

  /** `repeatAppends`: whether the handle is to send appends again. */
  constructor(repeatAppends: boolean) {
    this.#repeatAppends = repeatAppends;
  }

  /** Asks the server for what is wanted. */
  async climb(driver: Driver, deletesDone: boolean): Promise<void> {
    if (!deletesDone && !this.#repeatAppends) return;
    const traits = await driver.traits();
    if (deletesDone) this.finish = traits.supports('xackdel') ? 'server' : 'script';
    if (this.#repeatAppends && traits.supports('xadd-idmp')) this.#append = 'IDMP';
  }

  get capabilities(): ConsumerCapabilities {
    const deleting = { '': 'off', server: 'XACKDEL', script: 'script' } as const;
    return { deleting: deleting[this.finish], takeOver: 'script', dedup: 'script', append: this.#append };
  }
}
