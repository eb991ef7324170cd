import { once } from 'node:events';
import { WebSocket } from 'ws';

// The clients of a bridge, in a process of their own: `port` and how many. Tells its parent when all of them have joined, and
// then whenever a message has reached all of them.
const [, , port, wanted] = process.argv;
const count = Number(wanted);
const atOnce = 200;
let arrived = 0;

async function open(): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'join', room: 'bench:room' }));
  await once(socket, 'message');
  socket.on('message', () => {
    if (++arrived % count === 0) process.send?.('all');
  });
}

process.once('disconnect', () => process.exit());
for (let opened = 0; opened < count; opened += atOnce)
  await Promise.all(Array.from({ length: atOnce }, open));
process.send?.('all');
