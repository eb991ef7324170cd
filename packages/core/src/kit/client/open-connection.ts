import type { Clock } from '../../contract/clock.js';
import { ConnectionError } from '../../errors/connection-error.js';
import type { PenknifeError } from '../../errors/penknife-error.js';
import { reportListenerError } from '../../feed/listener-errors.js';
import { integerReply } from '../../reply/readers.js';
import type { LaneConnection, SubscriberConnection, SubscriberEvents } from '../transport.js';
import type {
  ClientAdapter,
  ClientConnection,
  ConnectionEvents,
  ConnectionPurpose,
  ServerAddress,
} from './client-adapter.js';
import { writeTransaction } from './transaction.js';

/** Where and how connections are opened. */
export interface OpeningParts {
  readonly adapter: ClientAdapter;
  readonly clock: Clock;
}

const readId = integerReply('CLIENT ID');
const quiet: Omit<ConnectionEvents, 'lost'> = { message: () => undefined, unsubscribed: () => undefined };

/** A connection on its way. */
export interface Opening<T> {
  /** Rejects with one of our errors: nothing was sent. */
  readonly opened: Promise<{ readonly connection: ClientConnection; readonly greeting: T }>;
  /** Gives it up. */
  cancel(): void;
}

/**
 * Opens a connection and greets the server, in no longer than the client's own connect timeout (or `timeoutMs`): a server
 * that accepts and then keeps silent would hold it for ever.
 */
export function openConnection<T>(
  { adapter, clock }: OpeningParts,
  purpose: ConnectionPurpose,
  events: ConnectionEvents,
  address: ServerAddress | undefined,
  greet: (connection: ClientConnection) => Promise<T>,
  timeoutMs: number = adapter.connectTimeoutMs,
): Opening<T> {
  let connection: ClientConnection | undefined;
  let cancelled = false;

  function cancel(): void {
    cancelled = true;
    connection?.close();
  }

  async function open(): Promise<{ connection: ClientConnection; greeting: T }> {
    const opened = await adapter.open(purpose, events, address);
    connection = opened;
    if (cancelled) opened.close();
    await opened.connected;
    return { connection: opened, greeting: await greet(opened) };
  }

  const opened = inTime(open(), timeoutMs, clock).catch((error: unknown) => {
    cancel();
    throw unsent(adapter.translate(error));
  });
  return { opened, cancel };
}

/** Opens a lane. */
export async function openLane(
  parts: OpeningParts,
  address: ServerAddress | undefined,
): Promise<LaneConnection> {
  let lose: (error: unknown) => void = () => undefined;
  const lost = new Promise<unknown>((resolve) => {
    lose = resolve;
  });
  const events = { ...quiet, lost: (error: unknown) => lose(error) };
  const { connection, greeting } = await openConnection(parts, 'lane', events, address, identify(parts))
    .opened;
  return {
    id: greeting,
    lost,
    call: (call) => connection.call(call),
    transaction: (calls) => writeTransaction(calls, connection, parts.adapter),
    close: () => connection.close(),
  };
}

/** Opens a connection for subscriptions to the node of that name. */
export async function openSubscriber(
  parts: OpeningParts,
  node: string,
  address: ServerAddress | undefined,
  events: SubscriberEvents,
): Promise<SubscriberConnection> {
  const { connection, greeting } = await openConnection(
    parts,
    'subscriber',
    guarded(events),
    address,
    identify(parts),
  ).opened;
  return {
    node,
    id: greeting,
    subscribe: (kind, name) => connection.subscribe(kind, name),
    unsubscribe: (kind, name) => connection.unsubscribe(kind, name),
    subscribeAll: connection.subscribeAll?.bind(connection),
    close: () => connection.close(),
  };
}

/** Opens one lane for each; all of them or none. */
export async function openAll(
  parts: OpeningParts,
  addresses: readonly (ServerAddress | undefined)[],
): Promise<readonly LaneConnection[]> {
  const opening = await Promise.allSettled(addresses.map((address) => openLane(parts, address)));
  const failed = opening.find((each) => each.status === 'rejected');
  const opened = opening.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (failed === undefined) return opened;
  for (const lane of opened) lane.close();
  throw failed.reason;
}

/** A client must never meet what a listener threw: some drop the rest of what they had read from the socket. */
function guarded(events: SubscriberEvents): ConnectionEvents {
  const guard = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      reportListenerError(error);
    }
  };
  return {
    // The path of every message: nothing is made for it.
    message(kind, channel, payload, pattern) {
      try {
        events.message(kind, channel, payload, pattern);
      } catch (error) {
        reportListenerError(error);
      }
    },
    unsubscribed: (channel) => guard(() => events.unsubscribed(channel)),
    lost: (error) => guard(() => events.lost(error)),
  };
}

function identify({ adapter }: OpeningParts): (connection: ClientConnection) => Promise<number> {
  const ask = { args: ['CLIENT', 'ID'], key: undefined, bytes: false };
  return async (connection) => readId(adapter.shape(await connection.call(ask), false));
}

/** Whatever happened while a connection was opened, nothing of the caller's was sent. */
function unsent(error: PenknifeError): PenknifeError {
  if (!(error instanceof ConnectionError) || error.sent === 'no') return error;
  return new ConnectionError(`cannot connect: ${error.message}`, { sent: 'no', cause: error.cause });
}

function inTime<T>(promise: Promise<T>, timeoutMs: number, clock: Clock): Promise<T> {
  if (timeoutMs <= 0) return promise;
  return new Promise((resolve, reject) => {
    const timer = clock.timer(timeoutMs, () =>
      reject(new ConnectionError(`the server did not answer within ${timeoutMs} ms`, { sent: 'no' })),
    );
    promise.then(resolve, reject).finally(() => timer.cancel());
  });
}
