import type { Driver, Timer } from '@penknife/core';
import type { StartedConsumer } from '../consumer/consumer.js';
import type { Tenure } from '../consumer/tenure.js';

/** What a tenure needs of the member that has it. */
export interface TenureHost {
  readonly driver: Driver;
  readonly member: string;
  /** It could not be prolonged in time, or somebody else has the partition. */
  lost(held: HeldPartition): unknown;
}

/** A partition that a member has: its tenure, and the consumer that works on it. */
export class HeldPartition implements Tenure {
  readonly partition: number;
  readonly member: string;
  readonly generation: number;
  /** It is being handed over: nothing new is started. */
  leaving = false;
  consumer: StartedConsumer | undefined;
  readonly #host: TenureHost;
  #leaseUntilMs: number;
  #timer: Timer | undefined;
  #over = false;

  constructor(partition: number, generation: number, leaseUntilMs: number, host: TenureHost) {
    this.partition = partition;
    this.generation = generation;
    this.member = host.member;
    this.#host = host;
    this.#leaseUntilMs = leaseUntilMs;
    this.#watch();
  }

  get leaseUntilMs(): number {
    return this.#leaseUntilMs;
  }

  /** False once it is lost or given up. */
  get lasts(): boolean {
    return !this.#over;
  }

  /** Whether work may go on: it lasts, and is not being handed over. */
  get works(): boolean {
    return !this.#over && !this.leaving;
  }

  /** The server prolonged it. */
  prolonged(untilMs: number): void {
    this.#leaseUntilMs = Math.max(this.#leaseUntilMs, untilMs);
  }

  ended(): void {
    if (this.#over) return;
    this.stop();
    void this.#host.lost(this);
  }

  /** It is given up. */
  stop(): void {
    this.#over = true;
    this.#leaseUntilMs = Number.NEGATIVE_INFINITY;
    this.#timer?.cancel();
  }

  #watch(): void {
    const { clock } = this.#host.driver;
    this.#timer = clock.timer(this.#leaseUntilMs - clock.monotonic(), () => {
      if (this.#over) return;
      if (clock.monotonic() >= this.#leaseUntilMs) this.ended();
      else this.#watch();
    });
  }
}
