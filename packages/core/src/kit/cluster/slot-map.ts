import type { Reply } from '../../contract/command.js';
import type { RandomSource } from '../../contract/random.js';
import { slotOf } from '../../keys/slot.js';
import { refuse } from '../../reply/readers.js';
import type { ServerAddress } from '../client/client-adapter.js';
import type { WireArg } from '../transport.js';

/** A node's name: `host:port`, as the servers name it. */
export function nameOf({ host, port }: ServerAddress): string {
  return `${host}:${port}`;
}

/** The address that a node's name tells. */
export function addressOf(name: string): ServerAddress {
  const colon = name.lastIndexOf(':');
  return { host: name.slice(0, colon), port: Number(name.slice(colon + 1)) };
}

/** Who serves what in a cluster, as far as is known. */
export class SlotMap {
  /**
   * Every primary, in the order in which this process prefers them: what has no key goes to the first that is there, so that
   * what one process publishes in order arrives in order. Another process starts with another primary.
   */
  primaries: readonly string[] = [];
  readonly #preference: number;
  #owners: (string | undefined)[] = [];

  constructor(random: RandomSource) {
    this.#preference = random.fraction();
  }

  primaryOf(key: WireArg): string | undefined {
    return this.#owners[slotOf(key)];
  }

  /** Takes a redirection for granted. */
  learn(slot: number, node: string): void {
    this.#owners[slot] = node;
    if (!this.primaries.includes(node)) this.primaries = this.#inOrder([...this.primaries, node]);
  }

  /** Draws the map anew from what `answering` said to CLUSTER SLOTS. */
  draw(reply: Reply, answering: string): void {
    if (!Array.isArray(reply)) refuse('CLUSTER SLOTS', 'an array', reply);
    const owners: (string | undefined)[] = [];
    for (const range of reply as readonly Reply[]) {
      const [from, to, primary] = Array.isArray(range) ? (range as readonly Reply[]) : [];
      const node = Array.isArray(primary) ? nodeName(primary as readonly Reply[], answering) : undefined;
      if (typeof from !== 'number' || typeof to !== 'number' || node === undefined) {
        refuse('CLUSTER SLOTS', 'ranges with their nodes', reply);
      }
      for (let slot = from; slot <= to; slot++) owners[slot] = node;
    }
    this.#owners = owners;
    this.primaries = this.#inOrder(owners);
  }

  #inOrder(names: Iterable<string | undefined>): readonly string[] {
    const sorted = [...new Set(names)].filter((name) => name !== undefined).sort();
    const first = Math.floor(this.#preference * sorted.length);
    return [...sorted.slice(first), ...sorted.slice(0, first)];
  }
}

/** A missing host is that of the node that answered (Redis: CLUSTER SLOTS, "NULL as preferred endpoint"). */
function nodeName([host, port]: readonly Reply[], answering: string): string | undefined {
  if (typeof port !== 'number') return undefined;
  const known = typeof host === 'string' && host !== '' && host !== '?';
  return nameOf({ host: known ? host : addressOf(answering).host, port });
}
