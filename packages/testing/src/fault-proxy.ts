import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { checkObject, InvalidArgumentError, systemClock } from '@penknife/core';

/** Which way bytes go: what clients send, what the server answers, or both. */
export type ProxyDirection = 'requests' | 'answers' | 'both';

/** A TCP proxy that misbehaves on demand. Faults concern open and future connections alike, until `heal()`. */
export interface FaultProxy {
  readonly port: number;
  /** How many clients are connected. */
  readonly connections: number;
  /** How many bytes were swallowed so far. */
  readonly swallowed: number;
  /** Cuts every open connection with a reset; new ones pass. */
  cut(): void;
  /** Refuses new connections (they are reset at once) and cuts open ones. */
  refuse(): void;
  /** Swallows bytes: connections stay open and nothing arrives, as when a cable is pulled. What was swallowed is lost. */
  blackhole(direction?: ProxyDirection): void;
  /**
   * The server's end of every open connection is closed and the client is not told: half open. New connections pass.
   */
  halfOpen(): void;
  /** Holds every chunk back for so long. Order is kept. */
  delay(ms: number, direction?: ProxyDirection): void;
  /** Passes so many bytes at a time on, one portion every `everyMs`. */
  trickle(bytes: number, everyMs: number, direction?: ProxyDirection): void;
  /** Ends all faults; connections that lost bytes are cut, because what they carry no longer makes sense. */
  heal(): void;
  /** Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Manner {
  readonly kind: 'pass' | 'blackhole' | 'delay' | 'trickle';
  readonly ms: number;
  readonly bytes: number;
}

const pass: Manner = { kind: 'pass', ms: 0, bytes: 0 };

/** One way of one connection: keeps the order of what it holds back, and a bound on it. */
class Stream {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #manner: () => Manner;
  readonly #swallow: (bytes: number) => void;
  #waiting: Promise<void> = Promise.resolve();
  /** Bytes were swallowed. */
  torn = false;

  constructor(from: Socket, to: Socket, manner: () => Manner, swallow: (bytes: number) => void) {
    this.#from = from;
    this.#to = to;
    this.#manner = manner;
    this.#swallow = swallow;
    from.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  #take(chunk: Buffer): void {
    const manner = this.#manner();
    if (manner.kind === 'blackhole') {
      this.torn = true;
      this.#swallow(chunk.length);
      return;
    }
    // Reading stops while something is held back: the sender feels it, and nothing piles up here.
    this.#from.pause();
    this.#waiting = this.#waiting.then(async () => {
      await this.#forward(chunk, manner);
      this.#from.resume();
    });
  }

  async #forward(chunk: Buffer, manner: Manner): Promise<void> {
    if (manner.kind === 'delay') await systemClock.sleep(manner.ms);
    const portion = manner.kind === 'trickle' ? manner.bytes : chunk.length;
    for (let at = 0; at < chunk.length; at += portion) {
      if (at > 0) await systemClock.sleep(manner.ms);
      if (this.#to.destroyed) return;
      const more = this.#to.write(chunk.subarray(at, at + portion));
      if (!more) await new Promise<void>((resolve) => this.#to.once('drain', resolve).once('close', resolve));
    }
  }
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  readonly requests: Stream;
  readonly answers: Stream;
  detached: boolean;
}

/** Starts a proxy on a free port of 127.0.0.1 in front of a server, for clients to connect to instead of it. */
export async function startFaultProxy(target: {
  readonly port: number;
  readonly host?: string;
}): Promise<FaultProxy> {
  checkObject('target', target);
  if (!Number.isInteger(target.port) || target.port < 1 || target.port > 65_535)
    throw new InvalidArgumentError('port', 'must be a whole number of 1 to 65535', target.port);
  const links = new Set<Link>();
  const manners = { requests: pass, answers: pass };
  let refusing = false;
  let swallowed = 0;
  const swallow = (bytes: number): void => {
    swallowed += bytes;
  };

  function connect(client: Socket): void {
    if (refusing) {
      client.resetAndDestroy();
      return;
    }
    const server = createConnection({ port: target.port, host: target.host ?? '127.0.0.1', noDelay: true });
    client.setNoDelay(true);
    const link: Link = {
      client,
      server,
      requests: new Stream(client, server, () => manners.requests, swallow),
      answers: new Stream(server, client, () => manners.answers, swallow),
      detached: false,
    };
    links.add(link);
    for (const [own, other] of [
      [client, server],
      [server, client],
    ] as const) {
      // An error is followed by 'close', which ends both sides.
      own.on('error', () => undefined);
      own.on('close', () => {
        if (link.detached && own === server) return;
        links.delete(link);
        other.destroy();
      });
    }
  }

  function cutAll(which: (link: Link) => boolean): void {
    for (const link of [...links]) {
      if (!which(link)) continue;
      link.detached = false;
      link.client.resetAndDestroy();
      link.server.destroy();
      links.delete(link);
    }
  }

  function set(direction: ProxyDirection, manner: Manner): void {
    if (direction !== 'requests' && direction !== 'answers' && direction !== 'both')
      throw new InvalidArgumentError('direction', "must be 'requests', 'answers' or 'both'", direction);
    if (!Number.isFinite(manner.ms) || manner.ms < 0)
      throw new InvalidArgumentError('ms', 'must be a finite number of at least 0', manner.ms);
    if (!Number.isInteger(manner.bytes) || manner.bytes < (manner.kind === 'trickle' ? 1 : 0))
      throw new InvalidArgumentError('bytes', 'must be a whole number of at least 1', manner.bytes);
    if (direction !== 'answers') manners.requests = manner;
    if (direction !== 'requests') manners.answers = manner;
  }

  function proxyOf(listener: Server): FaultProxy {
    const address = listener.address();
    let closing: Promise<void> | undefined;
    const close = (): Promise<void> => {
      cutAll(() => true);
      closing ??= new Promise((resolve, reject) =>
        listener.close((error) => (error ? reject(error) : resolve())),
      );
      return closing;
    };
    return {
      port: typeof address === 'object' && address !== null ? address.port : 0,
      get connections() {
        return links.size;
      },
      get swallowed() {
        return swallowed;
      },
      cut: () => cutAll(() => true),
      refuse() {
        refusing = true;
        cutAll(() => true);
      },
      blackhole: (direction = 'both') => set(direction, { ...pass, kind: 'blackhole' }),
      halfOpen() {
        for (const link of links) {
          link.detached = true;
          link.server.destroy();
        }
      },
      delay: (ms, direction = 'both') => set(direction, { ...pass, kind: 'delay', ms }),
      trickle: (bytes, everyMs, direction = 'both') =>
        set(direction, { kind: 'trickle', bytes, ms: everyMs }),
      heal() {
        refusing = false;
        set('both', pass);
        cutAll((link) => link.detached || link.requests.torn || link.answers.torn);
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  }

  return new Promise((resolve, reject) => {
    const listener = createServer(connect);
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', () => resolve(proxyOf(listener)));
  });
}
