import type { Clock, Timer } from '../../contract/clock.js';
import { ConnectionError } from '../../errors/connection-error.js';
import { silenceMsOf } from '../silence.js';
import type { WireCall } from '../transport.js';
import type { ClientConnection } from './client-adapter.js';

/** Any answer will do, an error too. */
const question: WireCall = { args: ['CLIENT', 'ID'], key: undefined, bytes: false };

/**
 * Finds connections that look healthy and are deaf: half open, behind a cable that was pulled, to a server that is frozen.
 * TCP itself notices only after minutes. Answers come in order, so one question tells, and it costs nothing until a call has
 * stayed unanswered.
 */
export class Doubt {
  readonly #clock: Clock;
  readonly #silenceMs: number;
  #timer: Timer | undefined;

  /** `silenceMs`: how long a server may take to say anything; 0: 5 s. */
  constructor(clock: Clock, silenceMs: number) {
    this.#clock = clock;
    this.#silenceMs = silenceMsOf(silenceMs);
  }

  /** Asks, and calls back if nothing at all is heard in time. One question at a time. */
  ask(connection: ClientConnection | undefined, deaf: (reason: ConnectionError) => void): void {
    if (connection === undefined || this.#timer !== undefined) return;
    const timer = this.#clock.timer(this.#silenceMs, () => {
      this.#timer = undefined;
      deaf(new ConnectionError(`the server did not answer for ${this.#silenceMs} ms`, { sent: 'maybe' }));
    });
    this.#timer = timer;
    const heard = (): void => {
      timer.cancel();
      if (this.#timer === timer) this.#timer = undefined;
    };
    connection.call(question).then(heard, heard);
  }

  /** Nobody is called back any more. */
  cancel(): void {
    this.#timer?.cancel();
  }
}
