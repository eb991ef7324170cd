import type { Timer } from '../../contract/clock.js';
import { notConnected } from '../client/not-connected.js';
import { openReconnecting, type ReconnectingConnection } from '../client/reconnecting.js';
import type { SharedConnection, Transport, WireArg, WireCall, WireSender } from '../transport.js';
import { keyOf } from '../wire-call.js';
import type { ClusterParts } from './cluster-adapter.js';
import type { ClusterMap } from './cluster-map.js';
import { redirectionOf } from './redirection.js';
import { addressOf } from './slot-map.js';

interface Node {
  readonly connection: ReconnectingConnection;
  /** Written to since the map was last drawn. */
  used: boolean;
}

const maxRedirections = 5;
/** The map is not drawn more often than this. */
const restMs = 100;
const againMs = 250;
const asking: WireCall = { args: ['ASKING'], key: undefined, bytes: false };

/**
 * One connection to each primary. Redirections are followed at once when the other node is connected; when it is not, the
 * call rejects as not sent, which the driver tries again. All other answers of the servers are passed on.
 */
export function openClusterConnection(
  map: ClusterMap,
  parts: ClusterParts,
  events: Parameters<Transport['open']>[0],
): SharedConnection {
  const { adapter, clock } = parts;
  const nodes = new Map<string, Node>();
  let closed = false;
  let refreshing = false;
  let timer: Timer | undefined;

  function nodeOf(name: string): Node {
    let node = nodes.get(name);
    if (node === undefined) {
      const connection = openReconnecting({
        ...parts,
        name: `node ${name}`,
        address: addressOf(name),
        events: {
          changed() {
            // One primary was lost: it may have been replaced.
            if (!connection.ready) refresh();
            events.changed();
          },
          // The others may stay ready, so `changed` alone would not tell.
          failed: (error) => events.failed(error),
        },
      });
      node = { connection, used: false };
      nodes.set(name, node);
    }
    return node;
  }

  function refresh(): void {
    if (closed || refreshing || timer !== undefined) return;
    refreshing = true;
    map.refresh().then(
      () => rest(restMs, adopt),
      (error: unknown) => {
        if (!closed) events.failed(error);
        rest(againMs, () => undefined, refresh);
      },
    );
  }

  function rest(delayMs: number, first: () => void, then?: () => void): void {
    refreshing = false;
    if (closed) return;
    timer = clock.timer(delayMs, () => {
      timer = undefined;
      then?.();
    });
    first();
  }

  /** Connects to every primary, and lets go of nodes that are none and have nothing more to say. */
  function adopt(): void {
    const primaries = new Set(map.slots.primaries);
    for (const name of primaries) nodeOf(name);
    for (const [name, node] of nodes) {
      if (!primaries.has(name) && !(node.used && node.connection.ready)) {
        nodes.delete(name);
        node.connection.close();
      }
      node.used = false;
    }
  }

  function nameFor(key: WireArg | undefined): string | undefined {
    if (key !== undefined) return map.slots.primaryOf(key);
    return map.slots.primaries.find((name) => nodes.get(name)?.connection.ready);
  }

  function send<T>(
    name: string | undefined,
    write: (connection: WireSender) => Promise<T>,
    redirections: number,
    ask: boolean,
  ): Promise<T> {
    const node = name === undefined || closed ? undefined : nodeOf(name);
    if (name === undefined || !node?.connection.ready) {
      refresh();
      return Promise.reject(notConnected(`node ${name ?? 'for this key'}`));
    }
    node.used = true;
    // ASKING holds for the command that comes next on the connection, which meets, and tells, whatever goes wrong here.
    if (ask) node.connection.call(asking).catch(() => undefined);
    return write(node.connection).catch((error: unknown) => {
      const redirection = redirectionOf(adapter.translate(error), name);
      // A redirected command did not run, so it may be written again.
      if (redirection === undefined || redirections >= maxRedirections) throw error;
      if (redirection.kind === 'ASK') return send(redirection.node, write, redirections + 1, true);
      map.slots.learn(redirection.slot, redirection.node);
      refresh();
      return send(redirection.node, write, redirections + 1, false);
    });
  }

  refresh();
  return {
    get ready() {
      for (const { connection } of nodes.values()) if (connection.ready) return true;
      return false;
    },
    call: (call) => send(nameFor(call.key), (connection) => connection.call(call), 0, false),
    transaction(calls) {
      return send(nameFor(keyOf(calls)), (connection) => connection.transaction(calls), 0, false);
    },
    doubt(key) {
      const name = nameFor(key);
      if (name !== undefined) nodes.get(name)?.connection.doubt();
    },
    close() {
      closed = true;
      timer?.cancel();
      for (const { connection } of nodes.values()) connection.close();
      nodes.clear();
      adapter.close?.();
    },
  };
}
