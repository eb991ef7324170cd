import type { Clock } from '../contract/clock.js';
import type { RandomSource } from '../contract/random.js';
import { backoffMs } from '../time/backoff.js';
import type { Transport } from './transport.js';

/** What is needed to find the nodes of shard channels. */
export interface ShardNodesParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Ends every search: `located` then rejects with its reason. */
  readonly closing: AbortSignal;
}

const backoff = { baseMs: 50, maxMs: 1000, jitter: 'equal' } as const;

/** Which node of a cluster each shard channel lives on, and the order of the calls that concern one. */
export class ShardNodes {
  readonly #parts: ShardNodesParts;
  readonly #nodes = new Map<string, string>();
  readonly #turns = new Map<string, Promise<void>>();
  #failure: unknown;

  constructor(parts: ShardNodesParts) {
    this.#parts = parts;
  }

  /** Why the last search found nobody to ask. */
  get failure(): unknown {
    return this.#failure;
  }

  /** The node a channel was last found on. */
  nodeOf(channel: string): string | undefined {
    return this.#nodes.get(channel);
  }

  /** Any channel of a node, by which the transport finds it. */
  channelOn(node: string): string | undefined {
    for (const [channel, name] of this.#nodes) if (name === node) return channel;
    return undefined;
  }

  forget(channel: string): void {
    this.#nodes.delete(channel);
  }

  /**
   * Finds a channel's node, however long there is nobody to ask: a subscription is never dropped for that. Undefined once it
   * is no longer wanted. `moved`: what was known is wrong.
   */
  async located(channel: string, moved: boolean, wanted: () => boolean): Promise<string | undefined> {
    const { transport, clock, random, closing } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      const refresh = moved || attempt > 1;
      const node = await transport.nodeOf(channel, refresh).catch((error: unknown) => {
        this.#failure = transport.translate(error);
        return undefined;
      });
      closing.throwIfAborted();
      if (!wanted()) return undefined;
      if (node !== undefined) {
        this.#nodes.set(channel, node);
        return node;
      }
      await clock.sleep(backoffMs(backoff, attempt, random), closing);
    }
  }

  /** While slots move the answers change from moment to moment: asking at once again would only spin. */
  async settling(): Promise<void> {
    const { clock, random, closing } = this.#parts;
    await clock.sleep(backoffMs(backoff, 1, random), closing);
  }

  /** Calls for one channel, in their order: looking its node up takes time, and the last call must win. */
  inTurn<T>(channel: string, act: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(channel) ?? Promise.resolve()).then(act);
    const over: Promise<void> = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(channel, over);
    void over.then(() => {
      if (this.#turns.get(channel) === over) this.#turns.delete(channel);
    });
    return turn;
  }
}
