import type { Clock, Timer } from '../contract/clock.js';
import { ConnectionError } from '../errors/connection-error.js';

/** For how long a server may say nothing, where the client connects without a bound of its own. */
const defaultSilenceMs = 5000;

/** A bound for silence by a client's own bound for connecting, in ms; none, or 0: 5 s. */
export function silenceMsOf(connectTimeoutMs: number | undefined): number {
  return connectTimeoutMs !== undefined && connectTimeoutMs > 0 ? connectTimeoutMs : defaultSilenceMs;
}

/** Waits for an answer, no longer than until the server is silent or the connection gone. */
export type Await = <T>(answer: Promise<T>) => Promise<T>;

/**
 * Watches a connection while answers are due on it: where nothing at all is heard for too long they are given up, for it is
 * half open or its server frozen, and TCP would notice only after minutes. Every answer and every message counts, so a slow
 * answer is waited for behind any backlog of them; parts of one that is still on its way do not.
 */
export class Silence {
  readonly #clock: Clock;
  readonly #limitMs: number;
  #isHeard = false;
  #giveUp: ((error: unknown) => void) | undefined;

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock;
    this.#limitMs = limitMs;
  }

  /** Something came. */
  heard(): void {
    this.#isHeard = true;
  }

  /** Gives up what is waited for now: nothing comes on this connection any more. */
  end(reason: string, cause: unknown): void {
    this.#giveUp?.(new ConnectionError(reason, { sent: 'maybe', cause }));
  }

  /** Runs one round, whose answers are waited for with what it is given. One round at a time. */
  async during(round: (inTime: Await) => Promise<unknown>): Promise<void> {
    let timer: Timer | undefined;
    const silent = new Promise<never>((_, reject) => {
      this.#giveUp = reject;
    });
    // Nobody may be waiting when it is given up.
    silent.catch(() => undefined);
    const listen = (): void => {
      this.#isHeard = false;
      timer = this.#clock.timer(this.#limitMs, () => {
        // A process that stood still finds its timers due before it reads what has long arrived.
        timer = this.#clock.timer(0, judge);
      });
    };
    const judge = (): void => {
      if (this.#isHeard) listen();
      else
        this.#giveUp?.(
          new ConnectionError(`the server did not answer for ${this.#limitMs} ms`, { sent: 'maybe' }),
        );
    };
    listen();
    try {
      await round(async (answer) => {
        const answered = await Promise.race([answer, silent]);
        this.#isHeard = true;
        return answered;
      });
    } catch (error) {
      // The round is over: what it still waits for, of a client that never answers, ends with it.
      this.#giveUp?.(error);
      throw error;
    } finally {
      timer?.cancel();
      this.#giveUp = undefined;
    }
  }
}
