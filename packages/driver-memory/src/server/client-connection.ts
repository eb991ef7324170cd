import type { Socket } from 'node:net';
import type { ConnectionError, Timer } from '@penknife/core';
import type { Connection, World } from '../driver/world.js';
import { failure } from '../engine/errors.js';
import type { Reply } from '../engine/reply.js';
import type { Session } from '../engine/session.js';
import { encodePush, encodeReply } from './encode-reply.js';
import { failCall } from './fail-call.js';
import { OutputWatch, outputLimit } from './output-limits.js';
import { ProtocolError } from './protocol-error.js';
import { RequestParser } from './request-parser.js';

/** Bytes a client may send ahead while a command of its own waits: beyond it the socket is closed. In a pause no more are read. */
const mostHeldBytes = 64 * 1024 * 1024;
const mostRequestBytes = 512 * 1024 * 1024;
/** The longest text of V8, less what replies add around it, or one read of the socket brings along. */
const longestText = 2 ** 29 - 1024 * 1024;
/** Output is handed to the socket when a batch of replies grows beyond this. */
const flushedAbove = 64 * 1024;

/** Not chosen to fail: what opens a transaction, subscriptions, and what clients send when they connect. */
const neverChosen: ReadonlySet<string> = new Set(
  'multi subscribe unsubscribe psubscribe punsubscribe ssubscribe sunsubscribe hello auth client'.split(' '),
);

/** What a connection tells the server that took it. */
export interface ConnectionEvents {
  closed(connection: ClientConnection): void;
  /** A defect while a command ran: the client was told, the server goes on. */
  failed(error: unknown): void;
}

/** One socket with the session behind it: commands in, replies and pushes out, in order. */
export class ClientConnection implements Connection {
  readonly session: Session;
  readonly #world: World;
  readonly #socket: Socket;
  readonly #events: ConnectionEvents;
  readonly #parser: RequestParser;
  readonly #watch = new OutputWatch();
  #out = '';
  /** Invalidations of the own command: they follow its reply. */
  #late = '';
  #running = false;
  #scheduled = false;
  #ended = false;
  /** The socket takes no more for now: no command is read until it has drained. */
  #isFull = false;
  #silent = false;
  /** A call that was chosen to be late: those behind it wait. */
  #delayed: Timer | undefined;

  constructor(world: World, socket: Socket, events: ConnectionEvents) {
    this.#world = world;
    this.#socket = socket;
    this.#events = events;
    const { engine } = world;
    const remote =
      socket.remoteAddress === undefined ? undefined : address(socket.remoteAddress, socket.remotePort);
    this.session = world.openSession(
      { push: (items) => this.#push(items), closed: () => this.#closedByEngine() },
      undefined,
      remote ?? `unix:${socket.localAddress ?? '0'}`,
    );
    this.session.localAddress =
      socket.localAddress === undefined ? 'unix:0' : address(socket.localAddress, socket.localPort);
    this.session.isAuthenticated = engine.config.get('requirepass') === '';
    this.session.released = () => this.#schedule();
    this.#parser = new RequestParser({
      argumentBytes: () => Math.min(Number(engine.config.get('proto-max-bulk-len')), longestText),
      requestBytes: mostRequestBytes,
      unauthenticated: () => !this.session.isAuthenticated,
    });
    world.join(this);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('drain', () => this.#drained());
    // A peer that only half closes is gone for Redis as well.
    socket.on('end', () => this.#end());
    socket.on('error', () => this.#end());
    socket.on('close', () => this.#end());
  }

  /** The world cut the connection. */
  lost(_error: ConnectionError): void {
    this.#end();
  }

  reachable(): void {}

  /** Sends what is left and closes; nothing more is read. */
  finish(): void {
    if (this.#ended) return;
    this.#flush();
    this.#end(true);
  }

  #received(chunk: Buffer): void {
    if (this.#ended) return;
    this.#parser.feed(chunk);
    if (this.#isHeld && this.#parser.heldBytes > mostHeldBytes) this.#end();
    else if (this.#world.state === 'up') this.#run();
    else {
      // It waits with its sender: one request may be longer.
      if (this.#parser.heldBytes > mostHeldBytes) this.#socket.pause();
      this.#schedule();
    }
  }

  /** Commands wait: one of this client's is blocked, put off or to be late, or the client does not read its replies. */
  get #isHeld(): boolean {
    return this.session.isWaiting || this.#isFull || this.#delayed !== undefined;
  }

  #run(): void {
    if (this.#running) return;
    if (this.#socket.isPaused() && !this.#isFull) this.#socket.resume();
    this.#running = true;
    try {
      while (!(this.#ended || this.session.isClosed || this.#isHeld)) {
        const args = this.#parser.next();
        if (args === undefined) break;
        this.#perform(args);
        if (this.#out.length > flushedAbove) this.#flush();
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#out += `-ERR Protocol error: ${error.message}\r\n`;
      this.#flush();
      this.#end(true);
    } finally {
      this.#running = false;
    }
    this.#flush();
    if (this.session.isClosed) this.#end(true);
  }

  #perform(args: readonly string[]): void {
    const name = (args[0] as string).toLowerCase();
    // A browser was made to speak to this port: what it sends is not meant for it.
    if (name === 'post' || name === 'host:') {
      this.#end();
      return;
    }
    const { failures, engine } = this.#world;
    const effect =
      failures.armed && this.session.queued === undefined && !neverChosen.has(name)
        ? failures.take([name.toUpperCase()])
        : undefined;
    this.#silent = this.session.replyMode === 'skip';
    if (this.#silent) this.session.replyMode = 'on';
    if (effect === undefined) {
      this.#submit(args);
      return;
    }
    this.#delayed = failCall(effect, {
      respond: this.#respond,
      run: () => this.#world.whenRunning(() => this.#performLate(args)),
      runUnheard: () => this.#submit(args, () => undefined),
      end: () => this.#end(),
      later: (delayMs, act) => engine.clock.timer(delayMs, act),
    });
  }

  #performLate(args: readonly string[]): void {
    if (this.#ended) return;
    this.#delayed = undefined;
    this.#submit(args);
    this.#schedule();
  }

  #submit(args: readonly string[], respond = this.#respond): void {
    try {
      this.session.submit(args, respond);
    } catch (error) {
      respond(failure('the engine failed'));
      this.#events.failed(error);
    }
    if (this.#late !== '') {
      this.#out += this.#late;
      this.#late = '';
    }
  }

  readonly #respond = (reply: Reply): void => {
    if (this.#silent || this.session.replyMode === 'off') return;
    this.#out += encodeReply(reply, this.session.protocol);
    if (!this.#running) this.#schedule();
  };

  #push(items: readonly Reply[]): void {
    if (this.#ended) return;
    const text =
      items.length === 1 && this.session.isMonitor
        ? encodeReply(items[0] as Reply, this.session.protocol)
        : encodePush(items, this.session.protocol);
    if (this.#running && items[0] === 'invalidate') {
      this.#late += text;
      return;
    }
    this.#out += text;
    if (this.#running) return;
    this.#schedule();
    this.#enforceLimit();
  }

  /** Once the present turn is over: sends what gathered, and goes on with commands that waited. */
  #schedule(): void {
    if (this.#scheduled || this.#ended) return;
    this.#scheduled = true;
    this.#world.whenRunning(() =>
      queueMicrotask(() => {
        this.#scheduled = false;
        if (this.#ended) return;
        // It may be paused again by now.
        if (this.#world.state === 'paused') this.#schedule();
        else this.#run();
      }),
    );
  }

  #flush(): void {
    if (this.#out === '' || this.#ended) return;
    const text = this.#out;
    this.#out = '';
    this.#world.engine.beforeReplies();
    // What it acknowledges could not be kept.
    if (this.#ended) return;
    this.#isFull = !this.#socket.write(text, 'latin1');
    if (this.#isFull) {
      this.#socket.pause();
      this.#enforceLimit();
    }
  }

  #drained(): void {
    if (this.#ended) return;
    this.#isFull = false;
    this.#socket.resume();
    this.#schedule();
  }

  #enforceLimit(): void {
    const { clock, config } = this.#world.engine;
    const unread = this.#out.length + this.#socket.writableLength;
    const clientClass = this.session.isSubscriber || this.session.isMonitor ? 'pubsub' : 'normal';
    const limit = outputLimit(config.get('client-output-buffer-limit') as string, clientClass);
    if (this.#watch.isOver(unread, limit, clock.monotonic())) this.#end();
  }

  /** QUIT or CLIENT KILL on itself still answers; another's CLIENT KILL ends it at once. */
  #closedByEngine(): void {
    if (!this.#running) this.#end();
  }

  #end(gracefully = false): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#out = '';
    this.#delayed?.cancel();
    this.#world.leave(this);
    this.#world.engine.closeSession(this.session, true);
    if (gracefully) this.#socket.destroySoon();
    else this.#socket.destroy();
    this.#events.closed(this);
  }
}

function address(host: string, port: number | undefined): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
