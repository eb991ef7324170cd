import { ConnectionError, type FeedKind } from '@penknife/core';
import type { SubscriberConnection, SubscriberEvents } from '@penknife/core/driver-kit';
import { CommandError, isArrayReply, type Reply } from '../engine/reply.js';
import { toBytes, toText } from './text.js';
import { serverError } from './to-reply.js';
import type { Connection, Credentials, World } from './world.js';

const subscribeWords: Readonly<Record<FeedKind, string>> = {
  channel: 'SUBSCRIBE',
  pattern: 'PSUBSCRIBE',
  shard: 'SSUBSCRIBE',
};
const unsubscribeWords: Readonly<Record<FeedKind, string>> = {
  channel: 'UNSUBSCRIBE',
  pattern: 'PUNSUBSCRIBE',
  shard: 'SUNSUBSCRIBE',
};

/** Bytes of undelivered messages at which the engine ends the connection, as Redis' limit for pub/sub clients. */
const outputLimit = 32 * 1024 * 1024;

/** Opens a session for subscriptions. Messages are delivered in order, after the command that published them is over. */
export function openSubscriberConnection(
  world: World,
  events: SubscriberEvents,
  credentials?: Credentials,
): SubscriberConnection {
  let queue: (readonly Reply[])[] = [];
  let queuedBytes = 0;
  let ended = false;
  let ordering = false;
  const session = world.openSession(
    {
      push(items) {
        // Whoever subscribes and unsubscribes knows when that is over.
        if (ordering) return;
        if (queue.length === 0) queueMicrotask(flush);
        queue.push(items);
        const last = items[items.length - 1];
        queuedBytes += typeof last === 'string' ? last.length : 0;
        if (queuedBytes > outputLimit) world.engine.closeSession(session);
      },
      closed: () => lose(new ConnectionError('the engine closed the connection', { sent: 'maybe' })),
    },
    credentials,
  );
  /** Orders that were not answered yet: the engine is paused. */
  const waiting = new Set<(error: ConnectionError) => void>();
  const connection: Connection = { session, lost: lose, reachable: () => undefined };
  world.join(connection);

  function flush(): void {
    const items = queue;
    queue = [];
    queuedBytes = 0;
    for (const item of items) if (!ended) deliver(item, events);
  }

  function end(error: ConnectionError): void {
    ended = true;
    queue = [];
    world.leave(connection);
    for (const reject of waiting) reject(error);
    waiting.clear();
  }

  function lose(error: ConnectionError): void {
    if (ended) return;
    end(error);
    events.lost(error);
  }

  function order(word: string, name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (ended) {
        reject(new ConnectionError('the connection is closed', { sent: 'maybe' }));
        return;
      }
      waiting.add(reject);
      world.whenRunning(() => {
        if (!waiting.delete(reject)) return;
        ordering = true;
        const reply = world.engine.execute(session, [word, toBytes(name)]);
        ordering = false;
        if (reply instanceof CommandError) reject(serverError(reply, word));
        else resolve();
      });
    });
  }

  return {
    node: 'memory',
    id: session.id,
    subscribe: (kind, name) => order(subscribeWords[kind], name),
    unsubscribe: (kind, name) => order(unsubscribeWords[kind], name),
    close() {
      if (ended) return;
      end(new ConnectionError('the connection is closed', { sent: 'maybe' }));
      world.engine.closeSession(session, true);
    },
  };
}

function deliver(items: readonly Reply[], events: SubscriberEvents): void {
  const [kind, first, second, third] = items as readonly string[];
  switch (kind) {
    case 'message':
      events.message('channel', toText(first as string), payloadOf(items[2] as Reply));
      break;
    case 'smessage':
      events.message('shard', toText(first as string), payloadOf(items[2] as Reply));
      break;
    case 'pmessage':
      events.message(
        'pattern',
        toText(second as string),
        Buffer.from(third as string, 'latin1'),
        toText(first as string),
      );
      break;
    case 'sunsubscribe':
      events.unsubscribed(toText(first as string));
  }
}

/** A message's bytes; an invalidation's keys, or null for all of them. */
function payloadOf(payload: Reply): Uint8Array | readonly Uint8Array[] | null {
  if (typeof payload === 'string') return Buffer.from(payload, 'latin1');
  return isArrayReply(payload) ? payload.map((key) => Buffer.from(key as string, 'latin1')) : null;
}
