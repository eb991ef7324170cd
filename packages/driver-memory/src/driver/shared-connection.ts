import { ConnectionError, type Reply as DriverReply } from '@penknife/core';
import type { SharedConnection, WireCall } from '@penknife/core/driver-kit';
import type { Session } from '../engine/session.js';
import { SessionCaller } from './session-caller.js';
import { argumentsBytes } from './text.js';
import { toDriverReply } from './to-reply.js';
import type { Connection, Credentials, World } from './world.js';

/** The connection behind `driver.send`: a session that answers at once, and a new one after every cut. */
export class MemorySharedConnection implements Omit<SharedConnection, 'callNow'>, Connection {
  readonly #world: World;
  readonly #events: { changed(): void; failed(error: unknown): void };
  #session: Session | undefined;
  #caller: SessionCaller | undefined;
  readonly #credentials: Credentials | undefined;
  #closed = false;

  constructor(
    world: World,
    events: { changed(): void; failed(error: unknown): void },
    credentials?: Credentials,
  ) {
    this.#credentials = credentials;
    this.#world = world;
    this.#events = events;
    world.join(this);
    this.#connect();
  }

  get session(): Session | undefined {
    return this.#session;
  }

  get ready(): boolean {
    return this.#session !== undefined;
  }

  /** Present while the engine runs and no call is to fail: a paused one answers nobody at once, one with a file when it is written. */
  get callNow(): ((call: WireCall) => DriverReply) | undefined {
    const { state, engine, failures } = this.#world;
    const atOnce = state === 'up' && !engine.pause.isActive && !engine.repliesWait && !failures.armed;
    return atOnce ? this.#now : undefined;
  }

  readonly #now = (call: WireCall): DriverReply => {
    const session = this.#session as Session;
    const reply = this.#world.engine.execute(session, argumentsBytes(call.args));
    return typeof reply === 'number' ? reply : toDriverReply(reply, call.bytes, call.args[0] as string);
  };

  call(call: WireCall): Promise<DriverReply> {
    return this.#caller?.call(call) ?? Promise.reject(notConnected());
  }

  transaction(calls: readonly WireCall[]): Promise<readonly DriverReply[] | null> {
    return this.#caller?.transaction(calls) ?? Promise.reject(notConnected());
  }

  lost(error: ConnectionError): void {
    const caller = this.#caller;
    this.#session = undefined;
    this.#caller = undefined;
    caller?.end(error);
    this.#events.failed(error);
    this.#events.changed();
    // Not at once: whoever asks in the same turn is to see that the connection was lost.
    queueMicrotask(() => this.reachable());
  }

  reachable(): void {
    if (this.#closed || this.#session !== undefined || this.#world.state === 'down') return;
    this.#connect();
    this.#events.changed();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#world.leave(this);
    if (this.#session === undefined) return;
    this.#world.engine.closeSession(this.#session, true);
    this.#session = undefined;
    this.#caller?.end(new ConnectionError('the driver is closed', { sent: 'maybe' }));
  }

  #connect(): void {
    if (this.#world.state === 'down') return;
    try {
      this.#session = this.#world.openSession(
        {
          push: () => undefined,
          closed: () => this.lost(new ConnectionError('the engine closed the connection', { sent: 'maybe' })),
        },
        this.#credentials,
      );
    } catch (error) {
      // Refused credentials: calls wait until their deadline, then name this as the reason.
      this.#events.failed(error);
      return;
    }
    this.#caller = new SessionCaller(this.#world, this.#session);
  }
}

function notConnected(): ConnectionError {
  return new ConnectionError('not connected to the engine', { sent: 'no' });
}
