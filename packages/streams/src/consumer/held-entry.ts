import type { Delivery } from '../commands/delivery.js';
import type { RawEntry } from '../entry/raw-entry.js';

/**
 * An entry this consumer owns. `waiting` in the buffer, `started` with its handler, `halted` at the head of its key,
 * `settling` while its settlement is on the way, and at last `let-go`: settled, lost or handed over, whatever comes first.
 */
export class HeldEntry implements Delivery {
  readonly id: string;
  readonly deliveries: number;
  readonly failures: number;
  readonly fields: readonly Uint8Array[];
  /** The monotonic time until which it is ours for sure: counted from before the command that took or renewed it was sent. */
  leaseUntilMs: number;
  state: 'waiting' | 'started' | 'halted' | 'settling' | 'let-go' = 'waiting';
  /** The log has dropped it meanwhile: nobody else can get it any more, and there is nothing left to settle. */
  trimmed = false;
  /** Somebody decided to try it again: what it has been through does not count any more. */
  forgiven = false;
  /** A handler has seen this very delivery, although it waits: it must not come again under the same number. */
  seen = false;
  /** What the server said when it refused an effect of this delivery: whatever the handler makes of it, it has failed. */
  refusal: unknown;
  #controller: AbortController | undefined;
  #lossReason: unknown;

  constructor({ id, fields }: RawEntry, deliveries: number, failures: number, leaseUntilMs: number) {
    this.id = id;
    this.deliveries = deliveries;
    this.failures = failures;
    // Without fields it is poison: it is told and buried like any other.
    this.fields = fields ?? [];
    this.leaseUntilMs = leaseUntilMs;
  }

  /** Deliveries before this one that ended without an answer. */
  get crashes(): number {
    return this.forgiven ? 0 : Math.max(0, this.deliveries - 1 - this.failures);
  }

  /** True when it was taken from us: lease lost, or handed over. */
  get lost(): boolean {
    return this.#lossReason !== undefined;
  }

  /** Fires when it is ours no more. Made on demand: most handlers never look. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#lossReason !== undefined) this.#controller.abort(this.#lossReason);
    }
    return this.#controller.signal;
  }

  /** It is ours no more. */
  lose(reason: unknown): void {
    this.state = 'let-go';
    this.#lossReason = reason;
    this.#controller?.abort(reason);
  }
}
