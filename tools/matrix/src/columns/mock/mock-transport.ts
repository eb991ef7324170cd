import type { FeedKind } from '@penknife/core';
import { isPenknifeError } from '@penknife/core';
import type {
  LaneConnection,
  SubscriberConnection,
  SubscriberEvents,
  Transport,
} from '@penknife/core/driver-kit';
import { type MockInstance, openMock } from '@penknife/ioredis-mock';
import { asServerError, mockSender } from './mock-calls.js';

let connections = 0;

function openLane(port: number): LaneConnection {
  const mock = openMock(port);
  return {
    ...mockSender(mock),
    id: ++connections,
    lost: new Promise(() => undefined),
    close: () => mock.disconnect(),
  };
}

const words: Readonly<Record<FeedKind, readonly [subscribe: string, unsubscribe: string]>> = {
  channel: ['subscribe', 'unsubscribe'],
  pattern: ['psubscribe', 'punsubscribe'],
  shard: ['ssubscribe', 'sunsubscribe'],
};

function openSubscriber(port: number, events: SubscriberEvents): SubscriberConnection {
  const mock: MockInstance = openMock(port);
  mock.on('messageBuffer', (channel: Uint8Array, payload: Uint8Array) =>
    events.message('channel', String(channel), payload),
  );
  mock.on('pmessageBuffer', (pattern: string, channel: Uint8Array, payload: Uint8Array) =>
    events.message('pattern', String(channel), payload, String(pattern)),
  );
  const run = async (word: string, name: string): Promise<void> => {
    const method = mock[word];
    if (typeof method !== 'function') throw asServerError(new Error(`unknown command '${word}'`));
    await method.call(mock, name);
  };
  return {
    node: 'mock',
    id: ++connections,
    subscribe: (kind, name) => run(words[kind][0], name),
    unsubscribe: (kind, name) => run(words[kind][1], name),
    close: () => mock.disconnect(),
  };
}

/** A transport to the data of ioredis-mock at a port: no network, no server, and only what the mock has. */
export function createMockTransport(port: number): Transport {
  return {
    topology: 'single',
    open(events) {
      const mock = openMock(port);
      queueMicrotask(() => events.changed());
      return { ...mockSender(mock), ready: true, close: () => mock.disconnect() };
    },
    openLane: async () => openLane(port),
    openLanes: async () => [openLane(port)],
    openSubscriber: async (_key, events) => openSubscriber(port, events),
    nodeOf: async () => 'mock',
    translate: (error) => (isPenknifeError(error) ? error : asServerError(error)),
  };
}
