import {
  checkObject,
  type Duration,
  durationMs,
  InvalidArgumentError,
  reportListenerError,
} from '@penknife/core';
import { type ChannelDefinition, defineChannel } from '../definition.js';
import { persist } from '../hub/log-reader.js';
import { positionText } from '../position.js';
import { type PubSub, partsOf } from '../pub-sub.js';
import { liveScript, responderLimit } from '../requests/request-commands.js';
import { ResponderLeases } from '../requests/responder-leases.js';
import type { Subscription } from '../subscription.js';
import {
  type ClusterAdapterBase,
  type ClusterMessage,
  clusterAdapterClass,
  messageTypes,
} from './cluster-adapter.js';
import { OpenRequests } from './open-requests.js';
import { packetCodec } from './packet-codec.js';
import { createSessions } from './sessions.js';

/** How socket.io's servers are connected. */
export interface SocketIoOptions<A extends object> {
  /** The class `ClusterAdapter` of `socket.io-adapter`, which does what is socket.io's own. */
  readonly ClusterAdapter: ClusterAdapterBase<A>;
  /** How long a server that is gone without a word still counts. Default `'10s'`, at least 100 ms. */
  readonly lease?: Duration;
  /** How many packets a namespace keeps to recover from. Default 10 000. */
  readonly historySize?: number;
}

/** What is said of an adapter beside what `ClusterAdapter` says. It emits `gap` where packets of other servers may be missing. */
export interface SocketIoAdapter {
  /** Resolves once it hears the other servers. */
  readonly ready: Promise<void>;
}

/** Sessions end with socket.io's own limit of two minutes, unless it says otherwise. */
const historyTtlMs = 3_600_000;

/**
 * An adapter for socket.io: rooms, broadcasts, `fetchSockets`, `serverSideEmit` and the rest reach all servers over a `log`
 * channel a namespace, so a cut of the connection loses nothing that is still kept. Whose answers to expect is known from
 * leases. Connection state recovery works across servers, when socket.io is told to. Bytes travel as they are.
 *
 * ```ts
 * const io = new Server({ adapter: createSocketIoAdapter(pubsub, { ClusterAdapter }) });
 * ```
 */
export function createSocketIoAdapter<A extends object>(
  pubsub: PubSub,
  options: SocketIoOptions<A>,
): (nsp: unknown) => A & SocketIoAdapter {
  checkObject('options', options);
  const Base = clusterAdapterClass(options.ClusterAdapter);
  const { historySize = 10_000 } = options;
  if (!Number.isSafeInteger(historySize) || historySize < 1) {
    throw new InvalidArgumentError('historySize', 'must be a whole number of at least 1', historySize);
  }
  const leaseMs = durationMs(options.lease ?? '10s', 'lease', { minMs: 100 });
  const shared = partsOf(pubsub);
  const { driver, names } = shared;
  const packets: ChannelDefinition<'socket-io:{namespace}', unknown, unknown, 'log'> = defineChannel(
    'socket-io:{namespace}',
    { codec: packetCodec, delivery: 'log', history: { size: historySize, ttl: historyTtlMs } },
  );
  const answers = defineChannel('socket-io-answers:{server}', { codec: packetCodec });
  const sessions = createSessions(shared, packets);

  class PenknifeAdapter extends Base {
    readonly ready: Promise<void>;
    readonly #params: { readonly namespace: string };
    readonly #leases = new ResponderLeases(driver, leaseMs);
    readonly #closing = new AbortController();
    readonly #opened: Subscription[] = [];
    readonly #openRequests: OpenRequests = new OpenRequests(this);

    constructor(nsp: unknown) {
      super(nsp);
      this.#params = { namespace: this.nsp.name };
      this.ready = this.#open();
      this.ready.catch(reportListenerError);
    }

    async serverCount(): Promise<number> {
      const servers = await driver.send(liveScript([this.#leaseKey()], [responderLimit]));
      this.#openRequests.counted(servers);
      return servers.length;
    }

    async close(): Promise<void> {
      this.#closing.abort();
      // All in this turn: the server waits for none of it, and whoever made it closes the pub/sub next.
      const outcomes = await Promise.allSettled([
        this.#leases.end(this.uid),
        // Who counts on it already hears that it has gone.
        this.doPublish({ uid: this.uid, type: messageTypes.adapterClose }),
        ...this.#opened.splice(0).map((subscription) => subscription.close()),
      ]);
      for (const outcome of outcomes) if (outcome.status === 'rejected') reportListenerError(outcome.reason);
    }

    override onMessage(message: ClusterMessage, offset?: string): void {
      if (message.type === messageTypes.adapterClose) this.#openRequests.left(message.uid);
      else super.onMessage(message, offset);
    }

    override onResponse(response: ClusterMessage): void {
      this.#openRequests.answered(response);
      super.onResponse(response);
    }

    async doPublish(message: ClusterMessage): Promise<string> {
      this.#openRequests.sent(message);
      return positionText((await pubsub.channel(packets).publish(this.#params, message)).position);
    }

    async doPublishResponse(server: string, response: ClusterMessage): Promise<void> {
      await pubsub.channel(answers).publish({ server }, response);
    }

    persistSession(session: { readonly pid: string }): void {
      sessions.persist(this.#params, session, this.nsp.server.opts).catch(reportListenerError);
    }

    restoreSession(pid: string, offset: string): Promise<unknown> {
      return sessions.restore(this.#params, pid, offset);
    }

    #leaseKey(): string {
      return names.keys.responders(['socket-io', this.nsp.name]);
    }

    /** Hears first and is counted second: who is counted answers. */
    async #open(): Promise<void> {
      const { signal } = this.#closing;
      await persist(driver, signal, async () => {
        const subscriptions = await Promise.all([
          pubsub.channel(packets).subscribe(this.#params, {
            message: (message, { position }) =>
              this.onMessage(message as ClusterMessage, position && positionText(position)),
            gap: (gap) => {
              if (!gap.recovered) this.emit('gap', gap);
            },
          }),
          pubsub
            .channel(answers)
            .subscribe({ server: this.uid }, (response) => this.onResponse(response as ClusterMessage)),
        ]);
        if (signal.aborted) await Promise.all(subscriptions.map((subscription) => subscription.close()));
        else this.#opened.push(...subscriptions);
      });
      if (signal.aborted) return;
      await persist(driver, signal, () => this.#leases.begin(this.uid, this.#leaseKey()));
      if (signal.aborted) await this.#leases.end(this.uid);
    }
  }

  // socket.io calls it with `new`, which an arrow function refuses.
  return function createAdapter(nsp: unknown) {
    return new PenknifeAdapter(nsp) as unknown as A & SocketIoAdapter;
  };
}
