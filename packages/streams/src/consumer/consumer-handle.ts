import type { ConsumerCapabilities } from './capabilities.js';

/** How a consumer is doing. */
export interface ConsumerHealth {
  /**
   * Ms since the server last answered a read; null before the first. Above a few poll intervals something is wrong, unless
   * every place is taken (`running`) or it is paused: nothing is read then.
   */
  readonly lastReadAgeMs: number | null;
  /** Handlers that run. */
  readonly running: number;
  /** Entries taken and not started. */
  readonly waiting: number;
  /** Everything owned, settlements under way included. */
  readonly held: number;
  readonly paused: boolean;
}

/** What became of what a consumer held when it closed. */
export interface CloseReport {
  /** Entries given back without being started, or handed over after the deadline. */
  readonly released: number;
  /** Of those: handlers that were still running. */
  readonly handedOver: number;
  /** True when the consumer was removed from the group, because nothing was pending with it. */
  readonly removed: boolean;
}

/** A running consumer of a group. */
export interface Consumer {
  readonly group: string;
  readonly name: string;
  /** Resolves when the group is there and the first read can follow, or when the consumer is closed before. */
  readonly ready: Promise<void>;
  health(): ConsumerHealth;
  /** What the server does itself, and what our scripts do; known when it is ready. */
  readonly capabilities: ConsumerCapabilities;
  /**
   * Ends the halt of a key (`order: 'key'`): `'retry'` handles its message again with fresh budgets, for as long as this consumer
   * has it; `'skip'` makes it a dead letter. False when this consumer has not halted the key.
   */
  resumeKey(key: string, how: 'retry' | 'skip'): Promise<boolean>;
  /** Takes and starts nothing more until `resume`; what was not started is given back at once. Running handlers go on. */
  pause(): Promise<void>;
  resume(): void;
  /**
   * Stops: entries not started are given back at once and wake the other consumers; running handlers have `deadlineMs`
   * (default 10 000), then their signals fire and their messages are given back too. Repeatable.
   */
  close(options?: { readonly deadlineMs?: number }): Promise<CloseReport>;
  [Symbol.asyncDispose](): Promise<void>;
}
