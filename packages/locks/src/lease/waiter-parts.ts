import type { Driver, PenknifeError } from '@penknife/core';
import type { ResolvedAcquire } from '../options.js';
import type { HolderSeen } from '../outcome.js';
import type { AbortWatch } from './abort-watch.js';
import type { Acquirable } from './acquirable.js';
import type { AcquireReply, Way } from './acquire-reply.js';
import type { HeldLock } from './held-lock.js';
import type { KeptAt } from './key-error.js';
import type { Tokens } from './tokens.js';
import type { UnderWay } from './under-way.js';
import type { Moment } from './validity.js';
import type { WakeUps } from './wake-up.js';

/** One who waits, as the line it stands in and the words that come see it. */
export interface Waiting {
  readonly key: string;
  /** Runs it at the head of its line, until it is over. Never rejects. */
  run(): Promise<void>;
  /** Something may have changed: ask now. */
  wake(): void;
  /** Ends it as aborted, for this reason. */
  abort(error: unknown): void;
}

type Refused = Extract<AcquireReply, { state: 'waiting' }>;
/** What was seen of a holder, and of the queue if anything was. */
export type Seen = Omit<Refused, 'place'> & Partial<Pick<Refused, 'place'>>;

/** What an acquisition needs of the leases of its process. */
export interface WaiterParts {
  readonly driver: Driver;
  readonly tokens: Tokens;
  readonly wakeUps: WakeUps;
  readonly aborts: AbortWatch;
  /** Who waits under which token, for the words that come. */
  readonly waiting: Map<string, Waiting>;
  /** Why the last request of this process found no server; undefined when it found one. */
  readonly trouble: PenknifeError | undefined;
  /** Fires when the process shuts down: nothing is handed out any more. */
  readonly closing: AbortSignal;
  /** What a shutdown waits for. */
  readonly underWay: UnderWay;
  ask(
    target: Acquirable,
    token: string,
    ttlMs: number,
    way: Way,
    signal?: AbortSignal,
  ): Promise<AcquireReply>;
  /** Makes the handle of a lock that was granted. */
  hold(
    target: Acquirable,
    token: string,
    fence: bigint,
    options: ResolvedAcquire,
    startedAt: Moment,
  ): HeldLock;
  /** Gives back, in the background, whatever the token has; `late`: also what a request takes that may still come. */
  giveBack(target: Acquirable, token: string, ttlMs: number, late?: boolean): void;
  /** The waiter is over: called once, synchronously. The next of its line may start. */
  left(waiter: Waiting): void;
  /** Without a place nothing is told of the queue. */
  seen(reply: Seen | undefined): HolderSeen;
  keyError(error: unknown, at: KeptAt): unknown;
}
