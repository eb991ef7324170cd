import { AbortedError, DeadlineError, type Driver } from '@penknife/core';
import { ProcessChannel } from '@penknife/machinery';
import type { Places } from '../keys.js';
import { confirmation } from './news.js';

/** Somebody who waits until all processes have confirmed. */
export interface Asking {
  /** Where they are to confirm. Should it not be heard on, their leases have to pass. */
  readonly channel: string;
  /**
   * Resolves when each of the members but `own` has confirmed the position, or its lease has passed. Rejects with
   * `AbortedError` or `DeadlineError`.
   */
  confirmed(
    origin: string,
    position: number,
    members: readonly string[],
    own: string,
    patience: Patience,
  ): Promise<void>;
  end(): void;
}

/** How long somebody waits for confirmations. `leftMs`: of its `deadlineMs`. */
export interface Patience {
  readonly signal: AbortSignal | undefined;
  readonly deadlineMs: number;
  readonly leftMs: number;
}

/** In the place of a process: a channel that nobody listens to. */
const nobody = '-';
/** Of more members than these not all are told: nobody knows who else there is. */
const mostMembers = 1000;
/** The most confirmations kept for one who waits. */
const mostHeard = 10_000;

/** The channel on which processes say that they have applied an invalidation. Opened by the first who asks. */
export class Confirmations {
  readonly #driver: Driver;
  readonly #places: Places;
  readonly #leaseMs: number;
  readonly #words: ProcessChannel;
  readonly #heard = new Set<{ readonly texts: Set<string>; wake(): void }>();

  constructor(driver: Driver, places: Places, leaseMs: number) {
    this.#driver = driver;
    this.#places = places;
    this.#leaseMs = leaseMs;
    const name = (): string => places.wake(Buffer.from(driver.random.bytes(9)).toString('base64url'));
    this.#words = new ProcessChannel(driver, name, {
      message: (text) => {
        for (const asking of this.#heard) {
          if (asking.texts.size < mostHeard) asking.texts.add(text);
          asking.wake();
        }
      },
      gap: () => undefined,
    });
  }

  /**
   * To be called before the announcement, so that no confirmation is missed. Waits for its channel, for half of the patience
   * that is left at most: what is invalidated must be announced in the other half.
   */
  async ask({ signal, leftMs }: Patience): Promise<Asking> {
    if (this.#words.live === undefined) await this.#opened(leftMs / 2, signal);
    const heard = { texts: new Set<string>(), wake: (): void => undefined };
    this.#heard.add(heard);
    return {
      channel: this.#words.live ?? this.#places.wake(nobody),
      confirmed: (origin, position, members, own, patience) => {
        const waited = members
          .filter((member) => member !== own)
          .map((member) => ({
            text: confirmation(origin, position, member),
            leaseMs: leaseOf(member) ?? this.#leaseMs,
          }));
        if (members.length > mostMembers) {
          const leaseMs = Math.max(this.#leaseMs, ...waited.map((each) => each.leaseMs));
          waited.push({ text: nobody, leaseMs });
        }
        return this.#wait(heard, waited, patience);
      },
      end: () => {
        this.#heard.delete(heard);
      },
    };
  }

  close(): void {
    for (const { wake } of this.#heard) wake();
    void this.#words.close();
  }

  /** Resolves when words arrive, cannot be had, or are waited for no longer. */
  #opened(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        timer?.cancel();
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = Number.isFinite(ms) ? this.#driver.clock.timer(ms, end) : undefined;
      signal?.addEventListener('abort', end, { once: true });
      if (signal?.aborted) end();
      else void this.#words.open().then(end);
    });
  }

  #wait(
    heard: { readonly texts: Set<string>; wake(): void },
    members: readonly { readonly text: string; readonly leaseMs: number }[],
    { signal, deadlineMs, leftMs }: Patience,
  ): Promise<void> {
    const open = (): number => {
      const silent = members.filter(({ text }) => !heard.texts.has(text));
      return Math.max(0, ...silent.map(({ leaseMs }) => leaseMs));
    };
    const begunAt = this.#driver.clock.monotonic();
    if (open() === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      let timer = this.#driver.clock.timer(open(), () => end(resolve));
      const end = (act: () => void): void => {
        timer.cancel();
        deadline?.cancel();
        signal?.removeEventListener('abort', onAbort);
        heard.wake = () => undefined;
        act();
      };
      const onAbort = (): void => end(() => reject(new AbortedError(signal?.reason, 'maybe')));
      const late = (): void => end(() => reject(new DeadlineError(deadlineMs)));
      const deadline = Number.isFinite(leftMs) ? this.#driver.clock.timer(leftMs, late) : undefined;
      if (signal?.aborted) return onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      heard.wake = () => {
        timer.cancel();
        const left = begunAt + open() - this.#driver.clock.monotonic();
        if (left <= 0) end(resolve);
        else timer = this.#driver.clock.timer(left, () => end(resolve));
      };
    });
  }
}

/** A member's own lease, as its name ends with it. */
function leaseOf(member: string): number | undefined {
  const text = /\.(\d+)$/.exec(member)?.[1];
  return text === undefined ? undefined : Number(text);
}
