import { type Flavour, type SentinelSet, type ServerNode, startSentinel } from '@penknife/redis-servers';
import type { AdminArgs, Column } from '../column.js';
import { countCommands } from '../command-counts.js';
import { type PrimaryWatch, watchPrimary } from '../faults/primary-watch.js';
import {
  cutConnections,
  load,
  type ServerState,
  serverState,
  withoutReplicas,
} from '../faults/server-faults.js';
import { whileSilent } from '../faults/silent-sentinels.js';
import { wait } from '../real-time.js';
import { commandAt, lastingKeysAt } from '../server-admin.js';
import { watchSlowLogs } from '../slow-log.js';
import type { ClientKind } from './client-kind.js';
import { openClients } from './open-clients.js';

/** So patient that a server which a case kills or pauses is back before the sentinels replace it. */
const patientMs = 10_000;

/** What a restarted server has to be told: it starts as the primary it once was. */
async function rejoin(node: ServerNode, watch: PrimaryWatch): Promise<void> {
  if (node.port !== watch.port) await commandAt(node.port, 'REPLICAOF', '127.0.0.1', watch.port);
}

function statesOf(set: SentinelSet, watch: PrimaryWatch): ReadonlyMap<number, ServerState> {
  const nodes = [set.primary, ...set.replicas];
  return new Map(nodes.map((node) => [node.port, serverState(node, () => rejoin(node, watch))]));
}

/** A client with a primary, two replicas and three sentinels of its own, started in about two seconds. */
export function sentinelColumn(client: ClientKind, flavour?: Flavour): Column {
  return {
    name: flavour === undefined ? `${client.name}, sentinel` : `${client.name}, sentinel, ${flavour}`,
    client: client.name,
    topology: 'sentinel',
    memory: false,
    ...(flavour !== undefined && { flavour }),
    async open() {
      const set = await startSentinel({
        downAfterMs: patientMs,
        args: ['--slowlog-log-slower-than', '5000'],
        ...(flavour !== undefined && { flavour }),
      });
      const watch = watchPrimary(set, patientMs);
      const states = statesOf(set, watch);
      const ports = [...states.keys()];
      const sentinelPorts = set.sentinels.map(({ port }) => port);
      const primary = { name: set.primaryName, sentinelPorts };
      const clients = openClients({ client: client.name, way: { watched: primary } }, (options) =>
        client.watched(primary, options),
      );
      const admin = (...args: AdminArgs) => commandAt(watch.port, ...args);
      /** The one that was killed or paused stays the one that is brought back. */
      let held: ServerState | undefined;
      const state = (): ServerState => {
        held ??= states.get(watch.port) as ServerState;
        return held;
      };
      return {
        ...clients,
        admin,
        faults: {
          cutConnections: () => cutConnections(ports),
          kill: () => state().kill(),
          async restart() {
            await state().restart();
            // Back, though perhaps as a replica: from now on the primary is whoever is the primary.
            held = undefined;
          },
          pause: () => state().pause(),
          resume: () => state().resume(),
          async failOver(_key, unreplicated) {
            const primary = state();
            const replicas = [...states.values()].filter((each) => each !== primary);
            const kill = async (): Promise<void> => {
              await primary.kill();
              await Promise.all(replicas.map((replica) => replica.resume()));
            };
            const before = unreplicated && (() => withoutReplicas(watch.port, replicas, unreplicated));
            await watch.failOver(kill, before);
          },
          load: () => load(watch.port),
        },
        counts: (run) => whileSilent(set.sentinels, () => countCommands([watch.port], run)),
        async reset() {
          await clients.end();
          for (const each of states.values()) await each.heal();
          held = undefined;
          while (!(await watch.settled())) await wait(10);
          await admin('FLUSHALL');
        },
        lastingKeys: () => lastingKeysAt([watch.port]),
        slowCommands: await watchSlowLogs([watch.port]),
        async close() {
          await clients.end();
          await set.stop();
        },
      };
    },
  };
}
