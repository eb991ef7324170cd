import { ClosedError, type Reply } from '@penknife/core';
import type { LaneConnection, Transport, WireArg, WireCall } from '@penknife/core/driver-kit';
import type { ClusterClient, SingleClient } from './client-types.js';
import { ClusterTopology } from './cluster-topology.js';
import { openLaneConnection } from './lane-connection.js';
import type { TransportParts } from './single-transport.js';
import { openSubscriberConnection } from './subscriber-connection.js';
import { offline, redirectOf, translateError } from './translate-error.js';
import { send, sendTransaction } from './wire-sender.js';

type Write<T> = (client: SingleClient, failed: (error: unknown) => Promise<T>) => Promise<T>;

const mostRedirects = 5;

/**
 * The way to a cluster, named by a client of `createCluster`. Commands go straight to the connection of their slot's
 * primary, not through the cluster client, which splits some commands, waits for connections, and costs more.
 */
export function createClusterTransport(recipe: ClusterClient, parts: TransportParts): Transport {
  const { clock } = parts;
  let opened: ClusterTopology | undefined;

  function topology(): ClusterTopology {
    if (opened === undefined) throw new ClosedError('driver');
    return opened;
  }

  function run<T>(key: WireArg | undefined, write: Write<T>): Promise<T> {
    const client = topology().clientFor(key);
    if (client === undefined) return Promise.reject(offline('the primary'));
    return write(client, (error) => follow(error, write, 1));
  }

  /** A redirected command did not run, so it may be written again. */
  async function follow<T>(error: unknown, write: Write<T>, redirects: number): Promise<T> {
    const redirect = redirectOf(error);
    if (redirect === undefined) throw error;
    const node = await topology().nodeAt(redirect.address);
    const client = node && topology().readyClient(node);
    if (!redirect.asking) void topology().refresh();
    if (client === undefined || redirects > mostRedirects) throw offline('the primary');
    // ASKING holds for the command that comes next on the connection.
    if (redirect.asking) client.sendCommand(['ASKING']).catch(() => undefined);
    return write(client, (next) => follow(next, write, redirects + 1));
  }

  async function openLanes(): Promise<readonly LaneConnection[]> {
    const recipes = await topology().primaries();
    const lanes = await Promise.allSettled(recipes.map((node) => openLaneConnection(node, clock)));
    const failed = lanes.find((lane) => lane.status === 'rejected');
    const open = lanes.flatMap((lane) => (lane.status === 'fulfilled' ? [lane.value] : []));
    if (failed === undefined) return open;
    for (const lane of open) lane.close();
    throw failed.reason;
  }

  /** A primary that cannot be reached may have been replaced. */
  async function orRefresh<T>(opening: Promise<T>): Promise<T> {
    try {
      return await opening;
    } catch (error) {
      void topology().refresh();
      throw error;
    }
  }

  return {
    topology: 'cluster',
    open(events) {
      const own = new ClusterTopology(recipe, parts, events);
      opened = own;
      return {
        get ready() {
          return own.ready;
        },
        call: (call: WireCall) => run<Reply>(call.key, (client, failed) => send(client, call, failed)),
        transaction: (calls) =>
          run<readonly Reply[] | null>(calls.find((call) => call.key !== undefined)?.key, (client, failed) =>
            sendTransaction(client, calls).catch(failed),
          ),
        close() {
          opened = undefined;
          own.close();
        },
      };
    },
    async openLane(key) {
      const primary = await topology().primaryOf(key);
      return orRefresh(openLaneConnection(primary.recipe, clock));
    },
    openLanes: () => orRefresh(openLanes()),
    async openSubscriber(key, events) {
      const primary = await topology().primaryOf(key);
      return orRefresh(openSubscriberConnection(primary.recipe, primary.node.address, events, clock));
    },
    async nodeOf(key, refresh) {
      if (refresh) await topology().refresh();
      return (await topology().primaryOf(key)).node.address;
    },
    translate: translateError,
  };
}
