import type { Clock, Timer } from '@penknife/core';
import type { ChannelStats } from '../channel.js';
import { type Counters, countersOf } from '../counters.js';

interface Sample {
  readonly atMs: number;
  readonly counters: readonly Readonly<Counters>[];
}

/** How many samples a window has. */
const parts = 10;

/** What happens a second, over the last while: counters are looked at ten times a window, by one timer. */
export class Rates {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #stats: () => readonly ChannelStats[];
  readonly #samples: Sample[] = [];
  #timer: Timer | undefined;

  constructor(clock: Clock, windowMs: number, stats: () => readonly ChannelStats[]) {
    this.#clock = clock;
    this.#windowMs = windowMs;
    this.#stats = stats;
  }

  begin(): void {
    this.#samples.push(this.#sample());
    this.#arm();
  }

  /** Events a second of the definition at this place in `stats()`, since the beginning of the window or of it all. */
  of(index: number, now: Readonly<Counters>): Counters {
    const oldest = this.#samples[0];
    const before = oldest?.counters[index];
    const seconds = (this.#clock.monotonic() - (oldest?.atMs ?? 0)) / 1000;
    return countersOf(now, (count, name) => (seconds > 0 ? (count - (before?.[name] ?? 0)) / seconds : 0));
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #sample(): Sample {
    return { atMs: this.#clock.monotonic(), counters: this.#stats().map((stats) => countersOf(stats)) };
  }

  #arm(): void {
    this.#timer = this.#clock.timer(this.#windowMs / parts, () => {
      this.#samples.push(this.#sample());
      if (this.#samples.length > parts + 1) this.#samples.shift();
      this.#arm();
    });
  }
}
