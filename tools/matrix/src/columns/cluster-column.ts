import { type Flavour, type LeasedCluster, type LeasedNode, leaseCluster } from '@penknife/redis-servers';
import type { Column } from '../column.js';
import { countCommands } from '../command-counts.js';
import { cutConnections, type ServerState, serverState, withoutReplicas } from '../faults/server-faults.js';
import { dropSlot, moveSlot, portOf, type RevertibleSlotMove } from '../faults/slot-faults.js';
import { wait } from '../real-time.js';
import { commandAt, commandAtAll, lastingKeysAt } from '../server-admin.js';
import { watchSlowLogs } from '../slow-log.js';
import type { ClientKind } from './client-kind.js';
import { openClients } from './open-clients.js';

/** Resolves when every node says that all slots are served. */
async function served(ports: readonly number[]): Promise<void> {
  for (;;) {
    const states = await Promise.all(ports.map((port) => commandAt(port, 'CLUSTER', 'INFO').catch(() => '')));
    if (states.every((text) => String(text).includes('cluster_state:ok'))) return;
    await wait(10);
  }
}

/** A primary that was away for so long that its replica took over gets its place back. */
async function takeBack(port: number, ports: readonly number[]): Promise<void> {
  const isPrimary = async (): Promise<boolean> =>
    ((await commandAt(port, 'ROLE')) as string[])[0] === 'master';
  if (await isPrimary()) return;
  await commandAt(port, 'CLUSTER', 'FAILOVER', 'TAKEOVER');
  while (!(await isPrimary())) await wait(10);
  await served(ports);
}

/**
 * Makes the replica of a primary that was killed take its place by force, without the seconds in which the others agree
 * that it is dead; resolves when every other node knows.
 */
async function promoteReplicaOf(port: number, nodes: LeasedCluster['nodes']): Promise<void> {
  const dead = nodes.find((node) => node.port === port)?.member;
  const replica = nodes.find(({ member }) => member.primaryId === dead?.id);
  if (dead === undefined || replica === undefined) throw new Error(`the primary at ${port} has no replica`);
  await commandAt(replica.port, 'CLUSTER', 'FAILOVER', 'TAKEOVER');
  const alive = nodes.filter((node) => node.port !== port);
  const knows = async (node: LeasedNode): Promise<boolean> => {
    const known = String(await commandAt(node.port, 'CLUSTER', 'NODES')).split('\n');
    return known.some((line) => line.startsWith(replica.member.id) && / (myself,)?master /.test(line));
  };
  while (!(await Promise.all(alive.map(knows))).every(Boolean)) await wait(10);
}

/** A client with a leased cluster of three primaries and three replicas. */
export function clusterColumn(client: ClientKind, flavour?: Flavour): Column {
  return {
    name: flavour === undefined ? `${client.name}, cluster` : `${client.name}, cluster, ${flavour}`,
    client: client.name,
    topology: 'cluster',
    memory: false,
    ...(flavour !== undefined && { flavour }),
    async open() {
      const lease = await leaseCluster(flavour === undefined ? {} : { flavour });
      const ports = lease.nodes.map(({ port }) => port);
      const primaries = lease.nodes.filter(({ member }) => member.role === 'primary').map(({ port }) => port);
      const logSlow = (port: number): Promise<unknown> =>
        commandAt(port, 'CONFIG', 'SET', 'slowlog-log-slower-than', 5000);
      await Promise.all(primaries.map(logSlow));
      const states = new Map<number, ServerState>();
      const moves: RevertibleSlotMove[] = [];
      const clients = openClients({ client: client.name, way: { cluster: primaries } }, (options) =>
        client.cluster(primaries, options),
      );

      function stateOf(node: LeasedNode): ServerState {
        let state = states.get(node.port);
        if (state === undefined) {
          state = serverState(node, async () => {
            await served(ports);
            await takeBack(node.port, ports);
            await logSlow(node.port);
          });
          states.set(node.port, state);
        }
        return state;
      }
      /** The server that was killed or paused for a key stays its server until it is back. */
      const held = new Map<string, ServerState>();
      async function stateFor(key: string): Promise<ServerState> {
        let state = held.get(key);
        if (state === undefined) {
          const port = await portOf(primaries, key);
          state = stateOf(lease.nodes.find((node) => node.port === port) as LeasedNode);
          held.set(key, state);
        }
        return state;
      }

      return {
        ...clients,
        admin: (...args) => commandAtAll(primaries, ...args),
        faults: {
          cutConnections: () => cutConnections(ports),
          kill: async (key) => (await stateFor(key)).kill(),
          restart: async (key) => (await stateFor(key)).restart(),
          pause: async (key) => (await stateFor(key)).pause(),
          resume: async (key) => (await stateFor(key)).resume(),
          async failOver(key, unreplicated) {
            const state = await stateFor(key);
            const port = await portOf(primaries, key);
            const primary = lease.nodes.find((node) => node.port === port)?.member;
            const replicas = lease.nodes
              .filter(({ member }) => member.primaryId === primary?.id)
              .map(stateOf);
            if (unreplicated !== undefined) await withoutReplicas(port, replicas, unreplicated);
            await state.kill();
            await Promise.all(replicas.map((replica) => replica.resume()));
            await promoteReplicaOf(port, lease.nodes);
          },
          async moveSlot(key) {
            const move = await moveSlot(primaries, key);
            moves.push(move);
            return move;
          },
          dropSlot: (key) => dropSlot(primaries, key),
        },
        counts: (run) => countCommands(primaries, run),
        async reset() {
          await clients.end();
          for (const state of states.values()) await state.heal();
          held.clear();
          // The last first: a slot may have moved more than once.
          for (const move of moves.splice(0).reverse()) await move.revert();
          await commandAtAll(primaries, 'FLUSHALL');
        },
        lastingKeys: () => lastingKeysAt(primaries),
        slowCommands: await watchSlowLogs(primaries),
        async close() {
          await clients.end();
          await lease.release();
        },
      };
    },
  };
}
