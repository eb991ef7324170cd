import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Driver } from '@penknife/core';
import { createPubSub } from '@penknife/pubsub';
import { createSocketBridge } from '@penknife/pubsub/ws';
import { WebSocketServer } from 'ws';
import type { Contestant } from '../../case.js';
import { payload } from './exchange.js';
import { fire } from './penknife.js';

const count = 5000;

/** One room with five thousand sockets, whose other ends are a process of their own; an operation is a message to one. */
export async function sockets(name: string, makeDriver: () => Driver): Promise<Contestant> {
  const driver = makeDriver();
  const pubsub = createPubSub(driver);
  const bridge = createSocketBridge(pubsub, { channels: [fire], allow: () => true });
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => bridge.connect(socket, undefined));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const clients = fork(new URL('./socket-clients.js', import.meta.url), [String(port), String(count)]);
  let told: () => void = () => undefined;
  clients.on('message', () => told());
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      told = resolve;
    });
  // Told once when all of them are in the room, and then for each message that has reached all.
  await next();
  const channel = pubsub.channel(fire);
  return {
    name,
    guarantees: 'a bounded queue for each socket, heartbeats',
    operations: count,
    async run() {
      const delivered = next();
      await Promise.all([channel.publish({ id: 'room' }, payload), delivered]);
    },
    facts: () => `${bridge.stats().sockets} sockets`,
    async close() {
      clients.kill();
      await bridge.close();
      server.close();
      await driver.close();
    },
  };
}
