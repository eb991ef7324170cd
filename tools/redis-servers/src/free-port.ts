import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** A cluster node's bus listens this far above its data port. */
const busOffset = 10_000;

// Data ports and bus ports lie in two ranges of their own, both below every system's range for outgoing connections:
// inside of that range a client that keeps dialling a dead server may be given that very port and talk to itself.
const lowest = 11_000;
const highest = 20_999;
const attempts = 200;

const reserved = new Set<number>();

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Picks a data port on 127.0.0.1 that is free together with its bus port and reserves it within this process until
 * `releasePort`. Another process may still take it first: the caller retries when its server cannot bind.
 */
export async function reservePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = randomInt(lowest, highest + 1);
    if (reserved.has(port)) continue;
    reserved.add(port);
    if ((await canListen(port)) && (await canListen(port + busOffset))) return port;
    reserved.delete(port);
  }
  throw new Error(`no free port between ${lowest} and ${highest} after ${attempts} attempts`);
}

/** Gives a reserved port back. */
export function releasePort(port: number): void {
  reserved.delete(port);
}
