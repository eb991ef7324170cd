import { ConnectionError, type Reply as DriverReply } from '@penknife/core';
import type { SharedConnection, Transport, WireArg, WireCall } from '@penknife/core/driver-kit';
import { MemorySharedConnection } from '../driver/shared-connection.js';
import type { Credentials } from '../driver/world.js';
import type { ClusterNode } from './node.js';
import { asking, maxRedirections, redirectionOf } from './redirect.js';

/** What a transport knows of its cluster at any time. */
export interface ClusterView {
  nodes(): readonly ClusterNode[];
  /** In the order of their shards. */
  primaries(): readonly ClusterNode[];
  ownerOf(key: WireArg): ClusterNode | undefined;
}

/** A connection to each primary, as clients of a cluster keep them. Knows who serves what; follows MOVED and ASK all the same. */
export class SharedClusterConnection implements Omit<SharedConnection, 'callNow'> {
  readonly #view: ClusterView;
  readonly #events: Parameters<Transport['open']>[0];
  readonly #credentials: Credentials | undefined;
  readonly #connections = new Map<ClusterNode, MemorySharedConnection>();
  #closed = false;

  constructor(view: ClusterView, events: Parameters<Transport['open']>[0], credentials?: Credentials) {
    this.#view = view;
    this.#events = events;
    this.#credentials = credentials;
  }

  get ready(): boolean {
    return this.#view.primaries().some((node) => this.#to(node)?.ready === true);
  }

  /** Present while every primary answers at once. */
  get callNow(): ((call: WireCall) => DriverReply) | undefined {
    for (const node of this.#view.primaries()) {
      const connection = this.#to(node);
      if (connection?.ready !== true || connection.callNow === undefined) return undefined;
    }
    return this.#now;
  }

  readonly #now = (call: WireCall): DriverReply => {
    let node = this.#route(call.key);
    let asks = false;
    for (let redirections = 0; ; redirections++) {
      const callNow = this.#to(node)?.callNow as (call: WireCall) => DriverReply;
      try {
        if (asks) callNow(asking);
        return callNow(call);
      } catch (error) {
        const next = redirectionOf(error, this.#view.nodes());
        if (next === undefined || redirections >= maxRedirections) throw error;
        ({ node, asks } = next);
      }
    }
  };

  call(call: WireCall): Promise<DriverReply> {
    return this.#follow(call.key, (connection) => connection.call(call));
  }

  transaction(calls: readonly WireCall[]): Promise<readonly DriverReply[] | null> {
    const key = calls.find((call) => call.key !== undefined)?.key;
    return this.#follow(key, (connection) => connection.transaction(calls));
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  async #follow<T>(
    key: WireArg | undefined,
    write: (connection: MemorySharedConnection) => Promise<T>,
  ): Promise<T> {
    let node = this.#route(key);
    let asks = false;
    for (let redirections = 0; ; redirections++) {
      const connection = this.#to(node);
      if (connection?.ready !== true) throw new ConnectionError('not connected to the node', { sent: 'no' });
      // ASKING holds for what comes next on the connection, which meets whatever goes wrong here.
      if (asks) connection.call(asking).catch(() => undefined);
      try {
        return await write(connection);
      } catch (error) {
        const next = redirectionOf(error, this.#view.nodes());
        if (next === undefined || redirections >= maxRedirections) throw error;
        ({ node, asks } = next);
      }
    }
  }

  /** The key's primary; for what has no key, or a slot that nobody serves, the first that is there. */
  #route(key: WireArg | undefined): ClusterNode {
    const primaries = this.#view.primaries();
    const owner = key === undefined ? undefined : this.#view.ownerOf(key);
    return owner ?? primaries.find((node) => this.#to(node)?.ready) ?? (primaries[0] as ClusterNode);
  }

  #to(node: ClusterNode): MemorySharedConnection | undefined {
    if (this.#closed) return undefined;
    let connection = this.#connections.get(node);
    if (connection === undefined) {
      this.#forgetOthers();
      connection = new MemorySharedConnection(node.world, this.#events, this.#credentials);
      this.#connections.set(node, connection);
    }
    return connection;
  }

  /** A cluster that was reset has other nodes; those before, and their data, are held by nobody then. */
  #forgetOthers(): void {
    const present = new Set(this.#view.nodes());
    for (const [node, connection] of this.#connections) {
      if (present.has(node)) continue;
      connection.close();
      this.#connections.delete(node);
    }
  }
}
