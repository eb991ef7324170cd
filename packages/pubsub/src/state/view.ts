import { type Driver, reportListenerError } from '@penknife/core';
import type { ChannelMessage, Gap } from '../event.js';
import { persist } from '../hub/log-reader.js';
import type { Position } from '../position.js';
import type { Change } from './change.js';
import type { StateChange, StateEntry, StateListener } from './state.js';
import type { RawState } from './state-commands.js';

/** What a view is made of. */
export interface ViewParts<V> {
  readonly driver: Pick<Driver, 'clock' | 'random'>;
  readonly listener: StateListener<V>;
  read(signal: AbortSignal): Promise<RawState>;
  /** What the codec makes of an entry; undefined when codec or schema refuse it, which was reported. */
  decode(body: Uint8Array): { readonly value: V } | undefined;
  /** Ends the subscription below. */
  end(error: unknown): void;
}

/**
 * Keeps one listener's copy of a state: a snapshot first, then the changes that come after it, and a snapshot anew where the
 * order has a hole. Events come one at a time, so while a snapshot is read the changes wait in the subscription's own queue.
 */
export class View<V> {
  readonly #parts: ViewParts<V>;
  readonly #closing = new AbortController();
  #ready: Promise<void> | undefined;
  #entries = new Map<string, StateEntry<V>>();
  #position: Position | undefined;

  constructor(parts: ViewParts<V>) {
    this.#parts = parts;
  }

  get entries(): ReadonlyMap<string, StateEntry<V>> {
    return this.#entries;
  }

  get position(): Position | undefined {
    return this.#position;
  }

  /** Lets everything wait until `begin` has given the first snapshot. */
  hold(): { readonly begin: () => Promise<void> } {
    let release: () => void = () => undefined;
    this.#ready = new Promise((resolve) => {
      release = resolve;
    });
    return {
      begin: async () => {
        try {
          await this.#take(await this.#parts.read(this.#closing.signal), undefined);
        } finally {
          this.#ready = undefined;
          release();
        }
      },
    };
  }

  message(change: Change, event: ChannelMessage<Change>): void | Promise<void> {
    if (this.#ready !== undefined) return this.#ready.then(() => this.#apply(change, event));
    return this.#apply(change, event);
  }

  async gap(gap: Gap): Promise<void> {
    if (gap.recovered) return;
    await this.#ready;
    const { driver, read } = this.#parts;
    const { signal } = this.#closing;
    try {
      const state = await persist(driver, signal, () => read(signal));
      if (state !== undefined) await this.#take(state, gap);
    } catch (error) {
      reportListenerError(error);
      this.#parts.end(error);
    }
  }

  close(): void {
    this.#closing.abort();
  }

  async #take({ head, entries }: RawState, why: Gap | undefined): Promise<void> {
    const fresh = new Map<string, StateEntry<V>>();
    for (const [key, { version, body }] of entries) {
      const decoded = this.#parts.decode(body);
      if (decoded !== undefined) fresh.set(key, { value: decoded.value, version });
    }
    this.#entries = fresh;
    this.#position = head;
    if (this.#closing.signal.aborted) return;
    try {
      await this.#parts.listener.snapshot(new Map(fresh), why);
    } catch (error) {
      reportListenerError(error);
    }
  }

  #apply(change: Change, event: ChannelMessage<Change>): void | Promise<void> {
    const { position, origin, own } = event;
    if (position === undefined || this.#closing.signal.aborted) return;
    const here = this.#position;
    // The snapshot has it already.
    if (here?.epoch === position.epoch && position.offset <= here.offset) return;
    this.#position = position;
    const { key } = change;
    const previous = this.#entries.get(key);
    const told = { key, version: position, previous, origin, own };
    const decoded = change.kind === 'set' ? this.#parts.decode(change.body) : undefined;
    if (decoded === undefined) {
      // A value that cannot be read is a key that is not there.
      if (!this.#entries.delete(key)) return;
      return this.#tell({ ...told, kind: 'remove' });
    }
    this.#entries.set(key, { value: decoded.value, version: position });
    return this.#tell({ ...told, kind: 'set', value: decoded.value });
  }

  #tell(change: StateChange<V>): void | Promise<void> {
    return this.#parts.listener.change(change);
  }
}
