import { isUnavailable } from '@penknife/core';
import { abandon, enter } from '../commands.js';
import { LoadFailedError } from '../errors.js';
import { type Load, type LoadOrder, type LoadOutcome, type LoadParts, reportUnawaited } from './load.js';
import { runLoader } from './run-loader.js';

/** How soon who waits for another process looks for itself, in ms: with and without a channel to be woken on. */
const lookAfterMs = { woken: 500, alone: 50 };

/** The loads of this process: at most one a key, unless an invalidation came in between. */
export class Loads {
  readonly #parts: LoadParts;
  readonly #running = new Map<string, Load>();
  /** Also those that an invalidation took out of `#running`. */
  readonly #all = new Set<{ readonly load: Load; readonly order: LoadOrder }>();
  #closed = false;

  constructor(parts: LoadParts) {
    this.#parts = parts;
  }

  /** A load that somebody may join. */
  joinable(id: string): Load | undefined {
    const load = this.#running.get(id);
    return load?.watch.overruled === false ? load : undefined;
  }

  start(order: LoadOrder): Load {
    const { id } = order.place;
    const load: Load = {
      watch: this.#parts.keeper.watches.begin(id),
      abort: new AbortController(),
      begun: false,
      token: undefined,
      outcome: Promise.resolve({ kind: 'again' }),
    };
    const entry = { load, order };
    this.#all.add(entry);
    this.#running.set(id, load);
    load.outcome = this.#run(order, load).finally(() => {
      this.#parts.keeper.watches.end(load.watch);
      this.#all.delete(entry);
      this.#leave(id, load);
    });
    return load;
  }

  /** Loads in the background, unless somebody does already. */
  refresh(order: LoadOrder): void {
    if (this.#closed || this.joinable(order.place.id) !== undefined) return;
    void this.start(order).outcome.then((outcome) => {
      if (outcome.kind === 'error' && !(outcome.error instanceof LoadFailedError))
        reportUnawaited(outcome.error);
    });
  }

  /** Aborts every loader and gives its lease to others. Resolves when the server knows, or cannot be told. */
  async close(): Promise<void> {
    this.#closed = true;
    const { driver, options } = this.#parts;
    const told = [...this.#all].map(async ({ load, order }) => {
      load.abort.abort();
      if (load.token === undefined) return;
      await driver.send(abandon(order.place, load.token, 0, ''), { deadlineMs: options.deadlineMs });
    });
    // A lease that cannot be given up runs out.
    await Promise.allSettled(told);
  }

  #leave(id: string, load: Load): void {
    if (this.#running.get(id) === load) this.#running.delete(id);
  }

  async #run(order: LoadOrder, load: Load): Promise<LoadOutcome> {
    try {
      return await this.#loadOrWait(order, load);
    } catch (error) {
      return isUnavailable(error) ? { kind: 'unavailable', error } : { kind: 'error', error };
    }
  }

  async #loadOrWait(order: LoadOrder, load: Load): Promise<LoadOutcome> {
    const { place, reading, waits } = order;
    const { driver, options, availability, wakeUps, counts } = this.#parts;
    const lost = (): void => this.#leave(place.id, load);
    if (reading === undefined) return runLoader(this.#parts, order, load, lost);
    const token = Buffer.from(driver.random.bytes(9)).toString('base64url');
    const wakeUp = wakeUps.begin(place);
    try {
      const channel = waits ? wakeUps.channel : '-';
      const { seen, record } = reading;
      const entrance = await availability.ask(() =>
        driver.send(enter(place, seen, record, token, options.leaseMs, channel), {
          deadlineMs: options.deadlineMs,
        }),
      );
      if (entrance.kind === 'lease') {
        load.token = token;
        return await runLoader(this.#parts, order, load, lost);
      }
      if (entrance.kind === 'failed') {
        return { kind: 'error', error: new LoadFailedError(entrance.failure, entrance.leftMs) };
      }
      if (entrance.kind === 'loading' && waits) {
        counts.waits++;
        const look = channel === '-' ? lookAfterMs.alone : lookAfterMs.woken;
        await wakeUp.wait(Math.max(1, Math.min(entrance.leftMs, look)));
      }
      return { kind: 'again' };
    } finally {
      wakeUp.end();
    }
  }
}
