import { findBinary } from './find-binary.js';
import type { Flavour } from './flavours.js';
import { launchNode, type NodePlace } from './launch-node.js';
import type { ServerBinary } from './server-binary.js';
import type { ServerNode } from './server-node.js';

/** What a server shall be. Nothing is required: the default is an empty server of whatever version is installed. */
export interface StartServerOptions {
  readonly flavour?: Flavour;
  /** Keep an append-only file, so that a restart brings the acknowledged writes back. Default: false. */
  readonly appendonly?: boolean;
  /** Listen on an encrypted port as well, with a certificate made for it (needs the `openssl` program). */
  readonly tls?: boolean;
  /** Further command line arguments, after the house's own, such as `['--maxmemory', '10mb']`. */
  readonly args?: readonly string[];
}

/** The line that says a data server listens on all its doors. */
const readyLine: RegExp = /Ready to accept connections/;

/** The command line of a data server: loopback only, no snapshots, DEBUG allowed for local connections. */
function serverArguments(place: NodePlace, options: StartServerOptions): readonly string[] {
  const certificate = (name: string): string => `${place.folder}/server.${name}`;
  const tls =
    place.tlsPort === undefined
      ? []
      : [
          ['--tls-port', String(place.tlsPort), '--tls-auth-clients', 'no'],
          ['--tls-cert-file', certificate('crt'), '--tls-key-file', certificate('key')],
          ['--tls-ca-cert-file', certificate('crt')],
        ];
  return [
    ['--port', String(place.port), '--bind', '127.0.0.1', '--unixsocket', place.socketPath],
    ['--dir', place.folder, '--save', '', '--appendonly', options.appendonly ? 'yes' : 'no'],
    ['--enable-debug-command', 'local', '--shutdown-timeout', '1'],
    ...tls,
    options.args ?? [],
  ].flat();
}

/** Starts a data server of a given program; for topologies that start several with one look-up. */
export function launchServer(binary: ServerBinary, options: StartServerOptions): Promise<ServerNode> {
  return launchNode({
    binary,
    ready: readyLine,
    tls: options.tls ?? false,
    arguments: async (place) => serverArguments(place, options),
  });
}

/**
 * Starts a private server in about 15 ms on a free TCP port of 127.0.0.1 and on a unix socket, and resolves when it
 * accepts connections. It ends with `stop()` or with this process, however that ends.
 * Rejects with a `MissingServerError` when there is no server program.
 */
export async function startServer(options: StartServerOptions = {}): Promise<ServerNode> {
  return launchServer(await findBinary({ flavour: options.flavour }), options);
}
