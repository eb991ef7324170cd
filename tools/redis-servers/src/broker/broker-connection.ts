import { createConnection } from 'node:net';
import { MissingServerError } from '../server-binary.js';
import {
  type BrokerAddress,
  type BrokerAnswer,
  type BrokerCall,
  onMessages,
  writeMessage,
} from './protocol.js';

/** A lessee's connection to the broker. */
export interface BrokerConnection {
  /** Asks and waits for the answer. Rejects with a `MissingServerError` when the broker finds no server program. */
  call(call: BrokerCall): Promise<unknown>;
  /** Ends the connection, which gives its lease back. */
  close(): void;
}

/** Connects to a broker. The connection does not keep the process alive while no answer is awaited. */
export function connectBroker(address: BrokerAddress): BrokerConnection {
  const socket = createConnection({ port: address.port, host: '127.0.0.1', noDelay: true });
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let lastId = 0;
  let lost: Error | undefined;

  onMessages<BrokerAnswer>(socket, (answer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) socket.unref();
    if ('result' in answer) asked?.resolve(answer.result);
    else asked?.reject(answer.missing ? new MissingServerError(answer.error) : new Error(answer.error));
  });
  function lose(error: Error): void {
    lost ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }
  socket.on('error', lose);
  socket.on('close', () => lose(new Error('the connection to the broker of test servers is closed')));

  return {
    call(call) {
      if (lost) return Promise.reject(lost);
      socket.ref();
      return new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        writeMessage(socket, { ...call, id: lastId });
      });
    },
    close: () => socket.destroy(),
  };
}
