import { type Flavour, type ServerNode, startServer, type TlsAddress } from '@penknife/redis-servers';
import type { Column } from '../column.js';
import { countCommands } from '../command-counts.js';
import { cutConnections, load, serverState } from '../faults/server-faults.js';
import { commandAt, lastingKeysAt } from '../server-admin.js';
import { watchSlowLogs } from '../slow-log.js';
import type { ClientKind, Door } from './client-kind.js';
import { openClients } from './open-clients.js';

/** The way into a server. */
export type Way = 'TCP' | 'TLS' | 'unix socket';

function doorOf(server: ServerNode, way: Way): Door {
  if (way === 'unix socket') return { socketPath: server.socketPath };
  if (way === 'TCP') return { port: server.port };
  const { port, ca } = server.tls as TlsAddress;
  return { port, ca };
}

/** What a server keeps when it is killed: nothing, or every write that it acknowledged. */
export type Keeping = 'nothing' | 'append-only';

/** A client with a private server of its own, started in 15 ms; optionally of a certain flavour, by a certain way. */
export function singleColumn(
  client: ClientKind,
  flavour?: Flavour,
  way: Way = 'TCP',
  keeping: Keeping = 'nothing',
): Column {
  const details = [way === 'TCP' ? [] : way, flavour ?? [], keeping === 'nothing' ? [] : keeping].flat();
  return {
    name: [client.name, 'single', ...details].join(', '),
    client: client.name,
    topology: 'single',
    memory: false,
    ...(flavour !== undefined && { flavour }),
    async open() {
      const server = await startServer({
        args: [
          ...['--slowlog-log-slower-than', '5000'],
          ...(keeping === 'nothing' ? [] : ['--appendfsync', 'always']),
        ],
        appendonly: keeping !== 'nothing',
        tls: way === 'TLS',
        ...(flavour !== undefined && { flavour }),
      });
      const { port } = server;
      const door = doorOf(server, way);
      const state = serverState(server, async () => undefined);
      const clients = openClients({ client: client.name, way: { single: door } }, (options) =>
        client.single(door, options),
      );
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
        slowCommands: await watchSlowLogs([port]),
        async close() {
          await clients.end();
          await server.stop();
        },
      };
    },
  };
}
