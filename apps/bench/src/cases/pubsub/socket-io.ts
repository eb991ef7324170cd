import { Redis } from 'ioredis';
import type { Contestant } from '../../case.js';
import type { Peers } from '../../peers.js';
import { exchange, payload } from './exchange.js';

interface ServerModule {
  readonly Server: new () => {
    adapter(adapter: unknown): void;
    emit(event: string, payload: unknown): boolean;
    of(name: string): { readonly adapter: object };
  };
}
interface AdapterModule {
  readonly Adapter: { readonly prototype: { broadcast(...args: unknown[]): void } };
}
interface RedisAdapterModule {
  readonly createAdapter: (publisher: Redis, subscriber: Redis) => unknown;
}
interface StreamsAdapterModule {
  readonly createAdapter: (client: Redis) => unknown;
}

/** `io.emit` on one server, counted where the other server's adapter hands it to its sockets. */
export async function socketIoContestants(url: string, peers: Peers): Promise<Contestant[]> {
  const { Server } = await peers.load<ServerModule>('socket.io');
  const { Adapter } = await peers.load<AdapterModule>('socket.io-adapter');
  const plain = await peers.load<RedisAdapterModule>('@socket.io/redis-adapter');
  const streams = await peers.load<StreamsAdapterModule>('@socket.io/redis-streams-adapter');
  const listening = new Map<object, () => void>();
  const original = Adapter.prototype.broadcast;
  Adapter.prototype.broadcast = function broadcast(this: object, ...args: unknown[]): void {
    listening.get(this)?.();
    original.apply(this as never, args as never);
  };

  function contestant(name: string, guarantees: string, adapter: (clients: Redis[]) => unknown) {
    return exchange(`${name} ${peers.version(name)}`, guarantees, async (delivered) => {
      const clients: Redis[] = [];
      const open = async () => {
        const own = [new Redis(url), new Redis(url)];
        clients.push(...own);
        const io = new Server();
        io.adapter(adapter(own));
        await Promise.all(own.map((client) => new Promise((ready) => client.once('ready', ready))));
        return io;
      };
      const [here, there] = [await open(), await open()];
      let heard: () => void = () => undefined;
      const alive = new Promise<void>((resolve) => {
        heard = resolve;
      });
      // The first message that gets through ends the warm-up.
      const target = there.of('/').adapter;
      listening.set(target, heard);
      const timer = setInterval(() => here.emit('warm-up', payload), 20);
      await alive;
      clearInterval(timer);
      await new Promise((settled) => setTimeout(settled, 200));
      listening.set(target, delivered);
      return {
        publish: () => here.emit('message', payload),
        // Without an HTTP server there is nothing else to close.
        close() {
          for (const client of clients) client.disconnect();
        },
      };
    });
  }
  return [
    await contestant('@socket.io/redis-adapter', 'no gaps told', ([publisher, subscriber]) =>
      plain.createAdapter(publisher as Redis, subscriber as Redis),
    ),
    await contestant('@socket.io/redis-streams-adapter', 'stored; resumes while kept', ([client]) =>
      streams.createAdapter(client as Redis),
    ),
  ];
}
