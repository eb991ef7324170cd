import { type AddressInfo, createServer, type Socket } from 'node:net';
import { MissingServerError } from '../server-binary.js';
import { type Fleet, startFleet } from './fleet.js';
import { createFleetPool } from './fleet-pool.js';
import {
  type BrokerAddress,
  type BrokerCall,
  type LeaseRequest,
  onMessages,
  writeMessage,
} from './protocol.js';

/** The process that owns the slow-starting servers and lends them out, one lessee at a time. */
export interface Broker {
  readonly address: BrokerAddress;
  /** Ends every connection and every server; leaves no timer and no handle. */
  close(): Promise<void>;
}

/** For tests of the broker itself: how fleets are started, and where notes are printed. */
export interface BrokerOptions {
  readonly start?: (request: LeaseRequest) => Promise<Fleet>;
  readonly print?: (line: string) => void;
}

/**
 * Starts a broker on a free port of 127.0.0.1. It costs nothing until the first lease. A lease lasts as long as its
 * connection: a lessee that dies gives it back too. Notes are printed once each.
 */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const pool = createFleetPool(options.start ?? startFleet);
  const print = options.print ?? ((line) => console.warn(line));
  const printed = new Set<string>();
  const sockets = new Set<Socket>();
  const endings = new Set<Promise<void>>();

  function serve(socket: Socket): void {
    sockets.add(socket);
    let lease: { request: LeaseRequest; fleet: Promise<Fleet> } | undefined;

    function endLease(): void {
      if (!lease) return;
      const { request, fleet } = lease;
      lease = undefined;
      const ending = fleet
        .then(
          (taken) => pool.giveBack(request, taken),
          // A lease that failed has nothing to give back; the lessee was told.
          () => undefined,
        )
        .catch((error: Error) => print(`a leased server could not be stopped: ${error.message}`))
        .finally(() => endings.delete(ending));
      endings.add(ending);
    }

    async function answer(call: BrokerCall): Promise<unknown> {
      if (call.method === 'note') {
        if (!printed.has(call.line)) print(call.line);
        printed.add(call.line);
        return null;
      }
      if (call.method === 'release') return endLease();
      if (call.method === 'lease') {
        if (lease) throw new Error('this connection holds a lease already');
        lease = { request: call.request, fleet: pool.take(call.request) };
        return (await lease.fleet).describe();
      }
      const node = (await lease?.fleet)?.nodes[call.node];
      if (!node) throw new Error(`no server number ${call.node} in this lease`);
      await node[call.action]();
      return { pid: node.pid };
    }

    onMessages<BrokerCall & { id: number }>(socket, (call) => {
      answer(call).then(
        (result) => writeMessage(socket, { id: call.id, result: result ?? null }),
        (error: Error) =>
          writeMessage(socket, {
            id: call.id,
            error: error.message,
            missing: error instanceof MissingServerError,
          }),
      );
    });
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      sockets.delete(socket);
      endLease();
    });
  }

  const server = createServer(serve);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: { port: (server.address() as AddressInfo).port },
    async close() {
      const ended = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      const closing = pool.close();
      await ended;
      await Promise.all([...endings, closing]);
    },
  };
}
