/** A signal of its own, that fires with others. */
export interface EitherSignal {
  readonly signal: AbortSignal;
  /** Fires it, unless it has fired. */
  end(reason: unknown): void;
  /** Leaves the others: they fire it no more. */
  leave(): void;
}

/**
 * Listens to many callers' signals with one listener for each signal, however many waits share it: a process-wide signal
 * would otherwise warn of a leak, and be searched through each time a wait ends.
 */
export class AbortWatch {
  readonly #watched = new Map<
    AbortSignal,
    { readonly told: Set<() => void>; readonly listener: () => void }
  >();

  /** Calls `tell` once when the signal fires; the returned function ends that. */
  watch(signal: AbortSignal, tell: () => void): () => void {
    let entry = this.#watched.get(signal);
    if (entry === undefined) {
      const told = new Set<() => void>();
      const listener = (): void => {
        this.#watched.delete(signal);
        for (const each of [...told]) each();
      };
      entry = { told, listener };
      this.#watched.set(signal, entry);
      signal.addEventListener('abort', listener, { once: true });
    }
    const { told, listener } = entry;
    told.add(tell);
    return () => {
      told.delete(tell);
      if (told.size > 0 || this.#watched.get(signal)?.told !== told) return;
      this.#watched.delete(signal);
      signal.removeEventListener('abort', listener);
    };
  }

  /**
   * A signal that fires with the first of these, for its reason; after `leave` by `end` alone, and nothing of it stays with
   * them. `AbortSignal.any` would leave an entry with each of them for as long as that one lives.
   */
  either(signals: readonly (AbortSignal | undefined)[]): EitherSignal {
    const first = new AbortController();
    const leaves = signals.map((each) => {
      if (each?.aborted) first.abort(each.reason);
      return each && this.watch(each, () => first.abort(each.reason));
    });
    return {
      signal: first.signal,
      end: (reason) => first.abort(reason),
      leave: () => {
        for (const leave of leaves) leave?.();
      },
    };
  }
}
