import { type Flavour, startServer } from '@penknife/redis-servers';
import type { Column } from '../column.js';
import { countCommands } from '../command-counts.js';
import { cutConnections, load, serverState } from '../faults/server-faults.js';
import { commandAt, lastingKeysAt, slowCommandsAt } from '../server-admin.js';
import type { ClientKind } from './client-kind.js';
import { openClients } from './open-clients.js';

/** A client with a private server of its own, started in 15 ms; optionally of a certain flavour. */
export function singleColumn(client: ClientKind, flavour?: Flavour): Column {
  return {
    name: flavour === undefined ? `${client.name}, single` : `${client.name}, single, ${flavour}`,
    client: client.name,
    topology: 'single',
    memory: false,
    async open() {
      const server = await startServer({
        args: ['--slowlog-log-slower-than', '5000'],
        ...(flavour !== undefined && { flavour }),
      });
      const { port } = server;
      const state = serverState(server, async () => undefined);
      const clients = openClients((options) => client.single(port, options));
      return {
        ...clients,
        admin: (...args) => commandAt(port, ...args),
        faults: {
          cutConnections: () => cutConnections([port]),
          kill: () => state.kill(),
          restart: () => state.restart(),
          pause: () => state.pause(),
          resume: () => state.resume(),
          load: () => load(port),
        },
        counts: (run) => countCommands([port], run),
        async reset() {
          await clients.end();
          await state.heal();
          await commandAt(port, 'FLUSHALL');
        },
        lastingKeys: () => lastingKeysAt([port]),
        slowCommands: () => slowCommandsAt([port]),
        async close() {
          await clients.end();
          await server.stop();
        },
      };
    },
  };
}
