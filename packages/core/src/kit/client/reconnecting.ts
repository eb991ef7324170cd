import type { Timer } from '../../contract/clock.js';
import type { RandomSource } from '../../contract/random.js';
import { ConnectionError } from '../../errors/connection-error.js';
import { type BackoffOptions, backoffMs } from '../../time/backoff.js';
import type { SharedConnection, WireCall } from '../transport.js';
import type { ClientConnection, ServerAddress } from './client-adapter.js';
import { Doubt } from './doubt.js';
import { notConnected } from './not-connected.js';
import { type OpeningParts, openConnection } from './open-connection.js';
import { writeTransaction } from './transaction.js';

/** What a connection that comes back is made of. */
export interface ReconnectingParts extends OpeningParts {
  readonly random: RandomSource;
  /** `changed` after every change of `ready`, `failed` with every connection error. */
  readonly events: { changed(): void; failed(error: unknown): void };
  /** Where to; undefined: where the client handed over connects. */
  readonly address: ServerAddress | undefined;
  /** For errors. */
  readonly name: string;
}

/** A connection that is replaced by another when it is lost, until it is closed. */
export interface ReconnectingConnection extends SharedConnection {
  /** A call stayed unanswered: drops the connection if the server says nothing at all any more. */
  doubt(): void;
  /** Drops the connection for another: the server at its end is no longer the right one. */
  renew(reason: unknown): void;
}

/** How waits grow between tries to connect, when the client handed over does not say. */
const backoff: BackoffOptions = { baseMs: 50, maxMs: 2000, jitter: 'equal' };

const quiet = { message: () => undefined, unsubscribed: () => undefined };

/** Opens a connection for sending and keeps it open. Every wait is the driver's own: none outlives `close`. */
export function openReconnecting(parts: ReconnectingParts): ReconnectingConnection {
  const { adapter, clock, random, events, address, name } = parts;
  let current: ClientConnection | undefined;
  let timer: Timer | undefined;
  let attempt = 0;
  let closed = false;
  let cancel = (): void => undefined;
  const doubt = new Doubt(clock, adapter.connectTimeoutMs);

  function connect(): void {
    let mine: ClientConnection | undefined;
    let dropped: unknown;
    const lost = (error: unknown): void => {
      dropped = error;
      if (mine !== undefined && current === mine) drop(error);
    };
    const opening = openConnection(parts, 'shared', { ...quiet, lost }, address, async () => undefined);
    cancel = opening.cancel;
    opening.opened.then(({ connection }) => {
      mine = connection;
      if (closed || !connection.ready) {
        connection.close();
        again(dropped ?? new Error('the connection was lost as soon as it stood'));
        return;
      }
      attempt = 0;
      current = connection;
      events.changed();
    }, again);
  }

  function drop(error: unknown): void {
    const dropping = current;
    current = undefined;
    dropping?.close();
    if (closed) return;
    events.changed();
    again(error);
  }

  function again(raw: unknown): void {
    if (closed) return;
    const error = adapter.translate(raw);
    // The reason says more than that there is no connection.
    events.failed(error instanceof ConnectionError ? (error.cause ?? error) : error);
    attempt++;
    const cause = error.cause instanceof Error ? error.cause : error;
    timer = clock.timer(chosenMs(cause) ?? backoffMs(backoff, attempt, random), connect);
  }

  /** A rhythm that throws, or gives no number, is none. */
  function chosenMs(cause: Error): number | undefined {
    try {
      const waitMs = adapter.reconnectMs(attempt, cause);
      return Number.isNaN(waitMs) ? undefined : waitMs;
    } catch (thrown) {
      events.failed(thrown);
      return undefined;
    }
  }

  connect();
  return {
    get ready() {
      return current?.ready ?? false;
    },
    call(call: WireCall) {
      return current === undefined ? Promise.reject(notConnected(name)) : current.call(call);
    },
    transaction(calls) {
      return current === undefined
        ? Promise.reject(notConnected(name))
        : writeTransaction(calls, current, adapter);
    },
    renew(reason) {
      if (current !== undefined) drop(reason);
    },
    doubt() {
      const doubted = current;
      doubt.ask(doubted, (reason) => {
        if (current === doubted) drop(reason);
      });
    },
    close() {
      closed = true;
      timer?.cancel();
      doubt.cancel();
      cancel();
      current = undefined;
    },
  };
}
