import type { Reply } from '../../contract/command.js';
import { ConnectionError } from '../../errors/connection-error.js';
import { slotOf } from '../../keys/slot.js';
import type { ClientConnection, ServerAddress } from '../client/client-adapter.js';
import { type OpeningParts, openConnection } from '../client/open-connection.js';
import type { WireArg, WireCall } from '../transport.js';
import type { ClusterParts } from './cluster-adapter.js';
import { addressOf, nameOf, SlotMap } from './slot-map.js';

const ask: WireCall = { args: ['CLUSTER', 'SLOTS'], key: undefined, bytes: false };

/** A node that served a moment ago and says nothing for as long is passed over: another may know its successor. */
const knownAnswerMs = 1000;

/** Draws the map of a cluster and keeps it; it asks the servers when it is told to. */
export class ClusterMap {
  readonly #parts: ClusterParts;
  readonly slots: SlotMap;
  #refreshing: Promise<void> | undefined;

  constructor(parts: ClusterParts) {
    this.#parts = parts;
    this.slots = new SlotMap(parts.random);
  }

  /** The primary of a key. Throws when nobody is known to be. */
  primaryOf(key: WireArg): string {
    const name = this.slots.primaryOf(key);
    if (name !== undefined) return name;
    throw new ConnectionError(`no primary serves slot ${slotOf(key)}`, { sent: 'no' });
  }

  /** Asks the nodes it knows, and when none answers, the nodes the client starts with. Calls at the same time share one question. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#ask().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #ask(): Promise<void> {
    const known = this.slots.primaries.map(addressOf);
    const reason = await this.#askOneOf(known, knownAnswerMs);
    if (reason === undefined) return;
    const failure = await this.#askOneOf(await this.#parts.adapter.seeds());
    if (failure === undefined) return;
    throw new ConnectionError('no node of the cluster answered', { sent: 'no', cause: failure });
  }

  /** Undefined once one has answered; else why the last did not. */
  async #askOneOf(addresses: readonly ServerAddress[], timeoutMs?: number): Promise<unknown> {
    let failure: unknown = new Error('no node is known');
    for (const address of addresses) {
      try {
        await this.#askNode(address, timeoutMs);
        return undefined;
      } catch (error) {
        failure = error;
      }
    }
    return failure;
  }

  async #askNode(address: ServerAddress, timeoutMs: number | undefined): Promise<void> {
    const parts: OpeningParts = this.#parts;
    const quiet = { message: () => undefined, unsubscribed: () => undefined, lost: () => undefined };
    // The question is part of the greeting: a node that keeps silent is given up in time.
    const greet = async (connection: ClientConnection): Promise<Reply> =>
      parts.adapter.shape(await connection.call(ask), false);
    const { opened } = openConnection(parts, 'lane', quiet, address, greet, timeoutMs);
    const { connection, greeting } = await opened;
    connection.close();
    this.slots.draw(greeting, nameOf(address));
  }
}
