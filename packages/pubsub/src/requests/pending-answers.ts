import { AbortedError, type Clock, type Timer } from '@penknife/core';

/** One answer. */
export interface Answer<A> {
  /** Which responder gave it: what its `respond()` was given as `id`. */
  readonly from: string;
  readonly answer: A;
}

/** What came of a request. */
export interface Answers<A> {
  /** In the order of their arrival. */
  readonly answers: readonly Answer<A>[];
  /** Responders that could not answer: their handler threw, or the answer cannot be read here. */
  readonly failed: readonly string[];
  /** Responders whose lease ran when they were asked, and who have not been heard of. */
  readonly missing: readonly string[];
  /** Everybody who was expected has answered. */
  readonly complete: boolean;
}

/** How long to wait for answers. */
export interface PendingOptions {
  readonly deadlineMs: number;
  /** So many answers end the waiting. */
  readonly enough: number;
  readonly signal: AbortSignal | undefined;
}

/** Collects what comes back on one request, until everybody has answered, enough have, or time is over. */
export class PendingAnswers<A> {
  readonly #answers: Answer<A>[] = [];
  readonly #failed = new Set<string>();
  readonly #heard = new Set<string>();
  readonly #enough: number;
  readonly #timer: Timer;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.fail(new AbortedError(this.#signal?.reason, 'maybe'));
  #expected: readonly string[] | undefined;
  #isOver = false;
  #resolve: (outcome: Answers<A>) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  readonly outcome: Promise<Answers<A>>;

  constructor(clock: Clock, { deadlineMs, enough, signal }: PendingOptions) {
    this.#enough = enough;
    this.#signal = signal;
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Nobody may be waiting yet when it fails.
    this.outcome.catch(() => undefined);
    this.#timer = clock.timer(deadlineMs, () => this.#end());
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Whose answers are to be waited for. */
  expect(responders: readonly string[]): void {
    this.#expected = responders;
    if (this.#isOver) this.#end();
    else this.#check();
  }

  /** One answer, or `undefined` from a responder that could not. A second one of the same responder is left out. */
  take(from: string, answer: { readonly value: A } | undefined): void {
    if (this.#isOver || this.#heard.has(from)) return;
    this.#heard.add(from);
    if (answer === undefined) this.#failed.add(from);
    else this.#answers.push({ from, answer: answer.value });
    this.#check();
  }

  fail(error: unknown): void {
    this.#settle();
    this.#reject(error);
  }

  #check(): void {
    // Answers may come before it is known whose are expected.
    if (this.#expected === undefined) return;
    const all = this.#expected.every((each) => this.#heard.has(each));
    if (all || this.#answers.length >= this.#enough) this.#end();
  }

  #end(): void {
    this.#settle();
    this.#isOver = true;
    // Whoever asks says so, or fails: who is missing is known then.
    if (this.#expected === undefined) return;
    const missing = this.#expected.filter((each) => !this.#heard.has(each));
    const complete = missing.length === 0 && this.#failed.size === 0;
    this.#resolve({ answers: this.#answers, failed: [...this.#failed], missing, complete });
  }

  #settle(): void {
    this.#timer.cancel();
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}
