import { backoffMs, slotOf, type Timer } from '@penknife/core';
import type { WireArg } from '@penknife/core/driver-kit';
import type { ClusterClient, ClusterNode, SingleClient } from './client-types.js';
import { closing, ownOptions, reconnectBackoff, reconnecting } from './own-client.js';
import type { TransportParts } from './single-transport.js';
import { offline } from './translate-error.js';

/** What a topology tells. */
export interface TopologyEvents {
  changed(): void;
  failed(error: unknown): void;
}

const refreshAtMostEveryMs = 250;

/**
 * A cluster's primaries and the connections to them. The client finds out the slots and keeps the connections; here is
 * decided when it does. It asks anew whenever a primary is away, since a dead one can tell nobody that it was replaced.
 */
export class ClusterTopology {
  readonly #parts: TransportParts;
  readonly #events: TopologyEvents;
  readonly #cluster: ClusterClient;
  readonly #stops = new Map<SingleClient, () => void>();
  #discovery: Promise<void> | undefined;
  #discovered = false;
  #refreshing: Promise<void> | undefined;
  #refreshedMs = Number.NEGATIVE_INFINITY;
  #retry: Timer | undefined;
  #attempt = 0;
  #turn = 0;
  #ready = false;
  #interrupted = false;
  #closed = false;

  constructor(recipe: ClusterClient, parts: TransportParts, events: TopologyEvents) {
    this.#parts = parts;
    this.#events = events;
    const { defaults } = recipe._options;
    const strategy = reconnecting(defaults?.socket, parts.random, () => this.#closed);
    this.#cluster = recipe.duplicate({
      ...ownOptions,
      useReplicas: false,
      // Discovery then waits for nobody's connection, not even a dead node's.
      minimizeConnections: true,
      defaults: { ...defaults, ...ownOptions, socket: { ...defaults?.socket, reconnectStrategy: strategy } },
    });
    this.#cluster.on('error', (error) => this.#failed(error));
    this.#cluster.on('node-error', (error) => this.#failed(error));
    this.#discover();
  }

  /** True while some primary can be written to; others may be away. */
  get ready(): boolean {
    return (
      this.#discovered &&
      !this.#interrupted &&
      this.#cluster.masters.some((node) => node.client?.isReady === true)
    );
  }

  /** The connection to the primary of a key, or to any; undefined while there is none. */
  clientFor(key: WireArg | undefined): SingleClient | undefined {
    const node = this.#nodeFor(key);
    return node && this.readyClient(node);
  }

  /** The node at an address as MOVED and ASK name it. */
  async nodeAt(address: string): Promise<ClusterNode | undefined> {
    const known = this.#cluster.nodeByAddress.get(address);
    if (known !== undefined) return known;
    await this.refresh();
    return this.#cluster.nodeByAddress.get(address);
  }

  /** The node's connection if it stands; otherwise sees to it that it soon does. */
  readyClient(node: ClusterNode): SingleClient | undefined {
    if (node.client?.isReady) return node.client;
    this.#connect(node);
    if (this.#parts.clock.monotonic() - this.#refreshedMs >= refreshAtMostEveryMs) void this.refresh();
    return undefined;
  }

  /** The primary of a key, or any, once the slots are known. */
  async primaryOf(key: WireArg | undefined): Promise<{ node: ClusterNode; recipe: SingleClient }> {
    await this.#discovery;
    return this.#recipeOf(this.#nodeFor(key));
  }

  /** All primaries in the order of their addresses. */
  async primaries(): Promise<readonly SingleClient[]> {
    await this.#discovery;
    const nodes = [...this.#cluster.masters].sort((a, b) => (a.address < b.address ? -1 : 1));
    return nodes.map((node) => this.#recipeOf(node).recipe);
  }

  /** Asks a server for the slots anew. Callers at the same time share one question. */
  refresh(): Promise<void> {
    if (!this.#discovered || this.#closed) return this.#discovery ?? Promise.resolve();
    const answering = this.#cluster.masters.find((node) => node.client?.isReady)?.client;
    this.#refreshing ??= this.#cluster._slots
      .rediscover(answering ?? { options: this.#cluster._options.rootNodes[0] })
      .catch((error) => this.#failed(error))
      .finally(() => {
        this.#refreshing = undefined;
        this.#refreshedMs = this.#parts.clock.monotonic();
        this.#connectAll();
      });
    return this.#refreshing;
  }

  close(): void {
    this.#closed = true;
    this.#retry?.cancel();
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
  }

  #discover(): void {
    this.#discovery = this.#cluster.connect().then(() => {
      this.#discovered = true;
      this.#connectAll();
    });
    this.#discovery.catch((error) => {
      this.#failed(error);
      if (this.#closed) return;
      this.#attempt++;
      const waitMs = backoffMs(reconnectBackoff, this.#attempt, this.#parts.random);
      this.#retry = this.#parts.clock.timer(waitMs, () => this.#discover());
    });
  }

  #nodeFor(key: WireArg | undefined): ClusterNode | undefined {
    if (!this.#discovered || this.#closed) return undefined;
    if (key !== undefined) return this.#cluster.slots[slotOf(key)]?.master;
    const { masters } = this.#cluster;
    this.#turn = (this.#turn + 1) % Math.max(1, masters.length);
    const next = [...masters.slice(this.#turn), ...masters.slice(0, this.#turn)];
    return next.find((node) => node.client?.isReady) ?? next[0];
  }

  #recipeOf(node: ClusterNode | undefined): { node: ClusterNode; recipe: SingleClient } {
    if (node !== undefined) this.#connect(node);
    if (node?.client === undefined) throw offline('the primary');
    return { node, recipe: node.client };
  }

  #connectAll(): void {
    for (const node of this.#cluster.masters) this.#connect(node);
    const inUse = new Set(this.#cluster.masters.map((node) => node.client));
    // The client has closed those it no longer needs.
    for (const client of this.#stops.keys()) if (!inUse.has(client)) this.#stops.delete(client);
    this.#update();
  }

  #connect(node: ClusterNode): void {
    if (this.#closed) return;
    if (node.client === undefined) this.#cluster.nodeClient(node).catch((error) => this.#failed(error));
    const { client } = node;
    if (client === undefined || this.#stops.has(client)) return;
    this.#stops.set(client, closing(client));
    client.on('ready', () => this.#update());
    let wasReady = client.isReady;
    client.on('ready', () => {
      wasReady = true;
    });
    client.on('error', () => {
      if (wasReady && !client.isReady) this.#interrupt();
      wasReady = client.isReady;
    });
  }

  /**
   * One primary of several was lost: calls to the others go on, yet what was learnt of the servers may no longer hold.
   * Being away for a moment, in which nobody can call, says so.
   */
  #interrupt(): void {
    this.#interrupted = true;
    this.#update();
    this.#interrupted = false;
    this.#update();
  }

  #update(): void {
    if (this.ready === this.#ready) return;
    this.#ready = this.ready;
    this.#events.changed();
  }

  #failed(error: unknown): void {
    if (!this.#closed) this.#events.failed(error);
  }
}
