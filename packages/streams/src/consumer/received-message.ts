import { checkObject, type Duration, durationMs, InvalidArgumentError } from '@penknife/core';
import { checkEffects, type Effect, type OnceStatus } from '../commands/once.js';
import type { DecodedEntry, MessageFacts } from '../entry/decode-entry.js';
import type { Headers } from '../entry/encode-draft.js';
import type { TraceParent } from '../telemetry.js';
import type { HeldEntry } from './held-entry.js';
import type { Holdings } from './holdings.js';
import type { Settlements } from './settlements.js';
import type { Tenure } from './tenure.js';

/** What a consumer's handler can do with a message, beside reading it. A handler that returns acknowledges, one that throws fails. */
export interface MessageControls {
  /** Deliveries so far, this one included. */
  readonly deliveries: number;
  /** How often a handler has failed on it before. */
  readonly failures: number;
  /** Of a stream with lanes of priority: which lane it came from. */
  readonly lane: string | undefined;
  /** Of a partitioned stream: which partition it came from. */
  readonly partition: number | undefined;
  /**
   * Of a partitioned stream: the generation in which this consumer has the partition, above every one before. Store it with
   * an effect elsewhere, and refuse an effect of a lower one: so nobody who lost the partition can overwrite his successor.
   */
  readonly generation: number | undefined;
  /** Fires when the message is not ours any more: lease lost, or handed over at shutdown. Stop then. */
  readonly signal: AbortSignal;
  /** Settles it now, before the handler returns. False: it was not ours any more, or settled before. */
  ack(): Promise<boolean>;
  /** Puts it back, to be tried again after `delay` (default: the backoff's). Counts as a failure. False as with `ack`. */
  nack(delay?: Duration): Promise<boolean>;
  /** Makes it a dead letter. False as with `ack`. */
  deadLetter(reason: string): Promise<boolean>;
  /**
   * Does the effect of this message and acknowledges it in one act on the server, so that it is done once for this group
   * however often the message is delivered, replayed or appended again with its id within `rememberFor` (default `'7d'`).
   * The effect is plain commands on keys with the stream's `hashTag`; they must be ones that cannot fail, for what ran
   * before a command that fails stays done. Rejects then, and the message has failed: it is tried again, whatever the
   * handler makes of that.
   */
  handleOnce(effects: readonly Effect[], options?: { readonly rememberFor?: Duration }): Promise<OnceStatus>;
  /** Renews the lease at once (it is renewed by itself in any case) and tells whether the message is still ours. */
  extend(): Promise<boolean>;
}

/** A message as a consumer's handler gets it. */
export type ReceivedMessage<Content> = Content extends unknown
  ? Content & MessageFacts & MessageControls
  : never;

/** What the controls need of the consumer. */
export interface MessageHost {
  readonly holdings: Holdings;
  readonly settlements: Settlements;
  readonly log: string;
  readonly tenure: Tenure | undefined;
  readonly lane: string | undefined;
  /** The id the entry had first: a replayed copy stands for another entry. */
  originOf(entry: HeldEntry): string;
  fail(entry: HeldEntry, error: unknown, delayMs?: number): Promise<boolean>;
  kill(entry: HeldEntry, reason: string): Promise<boolean>;
}

/** The message handed to a handler. */
export class Message implements DecodedEntry, MessageControls {
  readonly id: string;
  readonly event?: string;
  readonly data: unknown;
  readonly messageId: string | undefined;
  readonly key: string | undefined;
  readonly headers: Headers;
  readonly trace: TraceParent | undefined;
  readonly appendedAtMs: number;
  readonly #entry: HeldEntry;
  readonly #host: MessageHost;

  constructor(decoded: DecodedEntry, entry: HeldEntry, host: MessageHost) {
    this.id = decoded.id;
    if (decoded.event !== undefined) this.event = decoded.event;
    this.data = decoded.data;
    this.messageId = decoded.messageId;
    this.key = decoded.key;
    this.headers = decoded.headers;
    this.trace = decoded.trace;
    this.appendedAtMs = decoded.appendedAtMs;
    this.#entry = entry;
    this.#host = host;
  }

  get deliveries(): number {
    return this.#entry.deliveries;
  }

  get failures(): number {
    return this.#entry.failures;
  }

  get lane(): string | undefined {
    return this.#host.lane;
  }

  get partition(): number | undefined {
    return this.#host.tenure?.partition;
  }

  get generation(): number | undefined {
    return this.#host.tenure?.generation;
  }

  get signal(): AbortSignal {
    return this.#entry.signal;
  }

  ack(): Promise<boolean> {
    return this.#host.settlements.ack(this.#entry);
  }

  async nack(delay?: Duration): Promise<boolean> {
    const delayMs = delay === undefined ? undefined : durationMs(delay, 'delay');
    return this.#host.fail(this.#entry, undefined, delayMs);
  }

  async deadLetter(reason: string): Promise<boolean> {
    if (typeof reason !== 'string' || reason.length === 0 || reason.length > 500) {
      throw new InvalidArgumentError('reason', 'must be a string of 1 to 500 characters', reason);
    }
    return this.#host.kill(this.#entry, reason);
  }

  async handleOnce(
    effects: readonly Effect[],
    options: { readonly rememberFor?: Duration } = {},
  ): Promise<OnceStatus> {
    checkObject('options', options);
    const { rememberFor = '7d' } = options;
    checkEffects(effects, this.#host.log);
    const rememberMs = durationMs(rememberFor, 'rememberFor', { minMs: 1 });
    return this.#host.settlements.once(this.#entry, effects, {
      of: this.messageId ?? this.#host.originOf(this.#entry),
      rememberMs,
    });
  }

  async extend(): Promise<boolean> {
    return this.#entry.state !== 'let-go' && this.#host.holdings.renew(this.#entry);
  }
}
