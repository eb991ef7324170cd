import { ConnectionError, slotOf } from '@penknife/core';
import type { WireArg } from '@penknife/core/driver-kit';
import type { ClusterClient, NodeClient, NodeClientOptions } from './client-types.js';
import { mapping } from './own-options.js';
import { withoutArguments } from './translate-error.js';

/** Who serves what in a cluster, as far as is known. Nodes are named `host:port`, as clients reach them. */
export interface ClusterMap {
  /** The primary of a key's slot; undefined when nobody is known. */
  primaryOf(key: WireArg): string | undefined;
  /**
   * Every primary, in the order in which this map prefers them: what has no key goes to the first that is there, so that
   * what one process publishes in order arrives in order. Another map starts with another primary.
   */
  primaries(): readonly string[];
  /** Asks the nodes it knows, and when none answers, the startup nodes. Calls at the same time share one question. */
  refresh(): Promise<void>;
  /** Takes a redirection's address for granted; returns the node's name. */
  learn(slot: number, address: string): string;
  /** The name of the node that the servers call `address`. */
  named(address: string): string;
  /** A client, not connected, for a node. `options` may depend on what it is a duplicate of. */
  client(node: string, options: (recipe: NodeClient) => object): NodeClient;
}

/** A map drawn with duplicates of the recipe, which hold no connection between one question and the next. */
export function createClusterMap(recipe: ClusterClient): ClusterMap {
  let cluster: ClusterClient | undefined;
  let owners: (string | undefined)[] = [];
  let primaries: readonly string[] = [];
  let refreshing: Promise<void> | undefined;
  const preference = Math.random();

  function inOrder(names: Iterable<string | undefined>): readonly string[] {
    const sorted = [...new Set(names)].filter((name) => name !== undefined).sort();
    const first = Math.floor(preference * sorted.length);
    return [...sorted.slice(first), ...sorted.slice(0, first)];
  }

  async function ask(): Promise<void> {
    const known = cluster;
    // The client asks only the nodes it knows; when they are all gone, the startup nodes may name others.
    if (known === undefined) await start();
    else await refreshed(known).catch(start);
    owners = cluster?.slots.map(([primary]) => primary) ?? [];
    primaries = inOrder(owners);
  }

  async function start(): Promise<void> {
    const fresh = recipe.duplicate([], mapping(recipe.options.redisOptions));
    let failure: unknown;
    fresh.on('error', (error) => {
      failure = error;
    });
    try {
      await fresh.connect();
      cluster?.disconnect();
      cluster = fresh;
    } catch (error) {
      fresh.disconnect();
      const cause = withoutArguments(reasonOf(failure) ?? error);
      throw new ConnectionError('no startup node of the cluster answered', { sent: 'no', cause });
    }
  }

  const map: ClusterMap = {
    primaryOf: (key) => owners[slotOf(key)],
    primaries: () => primaries,
    refresh() {
      refreshing ??= ask().finally(() => {
        refreshing = undefined;
      });
      return refreshing;
    },
    learn(slot, address) {
      const name = map.named(address);
      owners[slot] = name;
      if (!primaries.includes(name)) primaries = inOrder([...primaries, name]);
      return name;
    },
    named(address) {
      const { natMap } = recipe.options;
      const mapped = typeof natMap === 'function' ? natMap(address) : natMap?.[address];
      return mapped ? nameOf(mapped) : address;
    },
    client(node, options) {
      const known = cluster?.nodes() ?? [];
      const base = known.find((each) => nameOf(each.options) === node) ?? known[0];
      if (base === undefined) throw new ConnectionError('no node of the cluster is known', { sent: 'no' });
      const colon = node.lastIndexOf(':');
      const address = { host: node.slice(0, colon), port: Number(node.slice(colon + 1)) };
      return base.duplicate({ ...options(base), ...address });
    },
  };
  return map;
}

function refreshed(cluster: ClusterClient): Promise<void> {
  return new Promise((resolve, reject) => {
    cluster.refreshSlotsCache((error) => (error ? reject(error) : resolve()));
  });
}

function nameOf({ host, port }: NodeClientOptions): string {
  return `${host}:${port}`;
}

/** The client's error for "all nodes failed" carries the reason of the last one. */
function reasonOf(error: unknown): unknown {
  return (error instanceof Error && 'lastNodeError' in error && error.lastNodeError) || error;
}
