import { BoundedQueue, CodecError, reportListenerError, SchemaError, sentOf } from '@penknife/core';
import type { ChannelEvent } from '../event.js';
import type { Since } from '../hub/hub.js';
import { nowhereAt, positionText, readPosition } from '../position.js';
import type { Subscription } from '../subscription.js';
import type { ResolvedBridgeOptions, WantedAct } from './bridge-options.js';
import { type ClientMessage, readClientMessage, textOf } from './client-message.js';
import type { Room } from './room-finder.js';
import { createRoomHearing } from './room-hearing.js';
import { bytesOf, type Refusal, type ServerMessage } from './server-message.js';
import { closeCodes, isOpen, type SocketLike } from './socket-like.js';

/** What one socket is served with. */
export interface ClientParts<Who> extends ResolvedBridgeOptions<Who> {
  findRoom(name: string): Room | undefined;
  write(room: string, event: ChannelEvent): Uint8Array;
  nowMs(): number;
  tooSlow(): void;
  gone(): void;
}

type JoinWish = ClientMessage & { readonly type: 'join' };
type PublishWish = ClientMessage & { readonly type: 'publish' };

/** How many messages of a client may wait for the one before. */
const waitingLimit = 100;
const text = { binary: false } as const;
const ignored = (): void => undefined;

/** One socket: does what its client says, one thing after the other, and hands it what happens in its rooms. */
export class SocketClient<Who> {
  readonly #socket: SocketLike;
  readonly #who: Who;
  readonly #parts: ClientParts<Who>;
  readonly #rooms = new Map<string, Subscription>();
  readonly #asked = new BoundedQueue<ClientMessage | Refusal>(waitingLimit, 'refuse');
  #joining: AbortController | undefined;
  #busy = false;
  #over = false;
  #alive = true;

  constructor(socket: SocketLike, who: Who, parts: ClientParts<Who>) {
    this.#socket = socket;
    this.#who = who;
    this.#parts = parts;
    socket.on('message', (data, isBinary) => this.#heard(data, isBinary));
    socket.on('pong', () => {
      this.#alive = true;
    });
    // What is wrong with a connection ends it: 'close' follows.
    socket.on('error', ignored);
    socket.on('close', () => {
      parts.gone();
      this.#endRooms().catch(reportListenerError);
    });
  }

  /** How many rooms it is in. */
  get size(): number {
    return this.#rooms.size;
  }

  /** Asks for a sign of life. False: there was none since the last time, and the connection is dropped. */
  beat(): boolean {
    if (!this.#alive) {
      this.#socket.terminate();
      return false;
    }
    this.#alive = false;
    if (this.#socket.readyState === isOpen) this.#socket.ping();
    return true;
  }

  /** Ends its rooms and closes it; it is gone when its connection is. */
  async end(code: number, reason: string): Promise<void> {
    this.#socket.close(code, reason);
    await this.#endRooms();
  }

  async #endRooms(): Promise<void> {
    this.#over = true;
    this.#asked.clear();
    this.#joining?.abort();
    const subscriptions = [...this.#rooms.values()];
    this.#rooms.clear();
    await Promise.all(subscriptions.map((subscription) => subscription.close()));
  }

  #heard(data: unknown, isBinary: boolean): void {
    this.#alive = true;
    if (this.#over) return;
    const given = isBinary ? '' : textOf(data, this.#parts.messageLimit);
    const asked = given === undefined ? 'too-large' : (readClientMessage(given) ?? 'malformed');
    if (this.#asked.push(asked) === 'refused') {
      this.end(closeCodes.againstTheRules, 'too many messages at once').catch(reportListenerError);
    } else if (!this.#busy) this.#work().catch(reportListenerError);
  }

  async #work(): Promise<void> {
    this.#busy = true;
    try {
      for (let next = this.#asked.shift(); next !== undefined; next = this.#asked.shift()) {
        const { id, room } = typeof next === 'string' ? {} : next;
        const answer = typeof next === 'string' ? next : await this.#act(next);
        // Who does not read the answers is not asked on.
        if (typeof answer === 'string') await this.#send(bytesOf({ type: 'refused', id, room, why: answer }));
        else if (answer !== undefined) await this.#send(bytesOf(answer));
      }
    } finally {
      this.#busy = false;
    }
  }

  async #act(message: ClientMessage): Promise<ServerMessage | Refusal | undefined> {
    const { type, id, room } = message;
    if (type === 'leave') {
      const left = this.#rooms.get(room);
      this.#rooms.delete(room);
      // Nothing of the room is heard from here on, whether the server could be told or not.
      await left?.close().catch(reportListenerError);
      return { type: 'left', id, room };
    }
    const found = this.#parts.findRoom(room);
    if (found === undefined) return 'unknown-room';
    const { template } = found.definition;
    if (!(await this.#allowed({ act: type, template: template.text, params: found.params })))
      return 'not-allowed';
    try {
      return await (type === 'join' ? this.#join(found, message) : this.#publish(found, message));
    } catch (error) {
      if (this.#over) return undefined;
      if (error instanceof SchemaError || error instanceof CodecError) return 'unfit';
      reportListenerError(error);
      return type === 'publish' && sentOf(error) !== 'no' ? 'uncertain' : 'unavailable';
    }
  }

  async #allowed(wanted: WantedAct): Promise<boolean> {
    try {
      return (await this.#parts.allow(this.#who, wanted)) === true;
    } catch (error) {
      reportListenerError(error);
      return false;
    }
  }

  async #publish({ channel, params }: Room, { id, room, message }: PublishWish): Promise<ServerMessage> {
    const receipt = await channel.publish(params, message as never);
    const at = 'position' in receipt ? positionText(receipt.position) : undefined;
    return { type: 'published', id, room, at };
  }

  async #join(found: Room, { id, room, since }: JoinWish): Promise<ServerMessage | Refusal | undefined> {
    const known = this.#rooms.get(room);
    if (known !== undefined)
      return { type: 'joined', id, room, at: known.position && positionText(known.position) };
    if (this.#rooms.size >= this.#parts.roomLimit) return 'too-many-rooms';
    const from = since === undefined || since === 'oldest' ? since : readPosition(since);
    if (since !== undefined && from === undefined) return 'malformed';
    const isLog = found.definition.delivery === 'log';
    const hearing = createRoomHearing((event) => this.#send(this.#parts.write(room, event)));
    const subscription = await this.#subscribe(found, hearing.listen, isLog ? from : undefined);
    if (this.#over) {
      await subscription.close();
      return undefined;
    }
    this.#rooms.set(room, subscription);
    const at = isLog
      ? (from ?? hearing.begun() ?? subscription.position ?? nowhereAt(this.#parts.nowMs()))
      : undefined;
    await this.#send(
      bytesOf({ type: 'joined', id, room, at: typeof at === 'object' ? positionText(at) : at }),
    );
    hearing.open();
    return undefined;
  }

  #subscribe(
    { channel, params }: Room,
    listen: (event: ChannelEvent) => void | Promise<void>,
    since: Since | undefined,
  ) {
    const { queueLimit, overflow } = this.#parts;
    this.#joining = new AbortController();
    return channel.subscribe(
      params,
      {
        message: (_, event) => listen(event),
        gap: listen,
        ended: () => this.#tooSlow(),
      },
      { queueLimit, overflow, signal: this.#joining.signal, ...(since !== undefined && { since }) },
    );
  }

  #tooSlow(): void {
    if (this.#over) return;
    this.#parts.tooSlow();
    this.end(closeCodes.tooSlow, 'too slow').catch(reportListenerError);
  }

  /** Hands bytes to the socket; while more wait there than may, a promise of their being gone. */
  #send(bytes: Uint8Array): void | Promise<void> {
    const socket = this.#socket;
    if (socket.readyState !== isOpen) return undefined;
    if (socket.bufferedAmount < this.#parts.bufferLimit) {
      socket.send(bytes, text, ignored);
      return undefined;
    }
    return new Promise((resolve) => socket.send(bytes, text, () => resolve()));
  }
}
