import { ConnectionError } from '@penknife/core';
import type { SharedConnection, WireArg, WireCall } from '@penknife/core/driver-kit';
import type { ClusterMap } from './cluster-map.js';
import { reconnecting } from './own-options.js';
import { redirectionOf } from './redirection.js';
import { openSharedConnection } from './shared-connection.js';

interface Node {
  readonly connection: SharedConnection;
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
  events: { changed(): void; failed(error: unknown): void },
): SharedConnection {
  const nodes = new Map<string, Node>();
  let closed = false;
  let refreshing = false;
  let timer: NodeJS.Timeout | undefined;

  function nodeOf(name: string): Node {
    let node = nodes.get(name);
    if (node === undefined) {
      let wasReady = false;
      const connection = openSharedConnection(map.client(name, reconnecting), {
        changed() {
          if (!connection.ready) refresh();
          // The others may stay ready, so `changed` alone would not tell. A try that failed tells its own error.
          if (wasReady && !connection.ready) events.failed(new Error(`the connection to ${name} was lost`));
          wasReady = connection.ready;
          events.changed();
        },
        failed: (error) => events.failed(error),
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
        events.failed(error);
        rest(againMs, () => undefined, refresh);
      },
    );
  }

  function rest(delayMs: number, first: () => void, then?: () => void): void {
    refreshing = false;
    if (closed) return;
    timer = setTimeout(() => {
      timer = undefined;
      then?.();
    }, delayMs);
    first();
  }

  /** Connects to every primary, and lets go of nodes that are none and have nothing more to say. */
  function adopt(): void {
    const primaries = new Set(map.primaries());
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
    if (key !== undefined) return map.primaryOf(key);
    return map.primaries().find((name) => nodes.get(name)?.connection.ready);
  }

  function send<T>(
    name: string | undefined,
    write: (connection: SharedConnection) => Promise<T>,
    redirections: number,
    ask: boolean,
  ): Promise<T> {
    const node = name === undefined || closed ? undefined : nodeOf(name);
    if (name === undefined || !node?.connection.ready) {
      refresh();
      return Promise.reject(
        new ConnectionError(`node ${name ?? 'for this key'} is not connected; the command was not sent`, {
          sent: 'no',
        }),
      );
    }
    node.used = true;
    // The command itself meets, and tells, whatever goes wrong here.
    if (ask) node.connection.call(asking).catch(() => undefined);
    return write(node.connection).catch((error: unknown) => {
      const redirection = redirectionOf(error, name);
      if (redirection === undefined || redirections >= maxRedirections) throw error;
      if (redirection.kind === 'ASK')
        return send(map.named(redirection.address), write, redirections + 1, true);
      const target = map.learn(redirection.slot, redirection.address);
      refresh();
      return send(target, write, redirections + 1, false);
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
      const key = calls.find((call) => call.key !== undefined)?.key;
      return send(nameFor(key), (connection) => connection.transaction(calls), 0, false);
    },
    close() {
      closed = true;
      clearTimeout(timer);
      for (const { connection } of nodes.values()) connection.close();
      nodes.clear();
    },
  };
}
