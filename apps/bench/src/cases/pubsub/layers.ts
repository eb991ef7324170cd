import { Redis } from 'ioredis';
import type { BenchContext, Contestant } from '../../case.js';
import { exchange, payload } from './exchange.js';
import { socketIoContestants } from './socket-io.js';

interface GraphqlModule {
  readonly RedisPubSub: new (options: {
    publisher: Redis;
    subscriber: Redis;
  }) => {
    publish(trigger: string, message: unknown): Promise<void>;
    subscribe(trigger: string, listener: (message: unknown) => void): Promise<number>;
    close(): Promise<unknown>;
  };
}
interface Emitter {
  on(topic: string, listener: (message: unknown, done: () => void) => void, subscribed: () => void): void;
  emit(message: object, done: (error?: Error) => void): void;
  close(done: () => void): void;
}
interface MqemitterModule {
  readonly default: (options: { host: string; port: number }) => Emitter;
}
interface Bus {
  publish(channel: string, message: unknown): Promise<unknown>;
  subscribe(channel: string, listener: (message: unknown) => void): Promise<void>;
  disconnect(): Promise<void>;
}
interface BusModule {
  readonly Bus: new (transport: unknown, options?: object) => Bus;
}
interface BusRedisModule {
  readonly redis: (config: { host: string; port: number }) => () => unknown;
}
interface RelayModule {
  readonly Relay: new (options: {
    connection: { host: string; port: number };
  }) => {
    publish(topic: string, data: unknown): Promise<unknown>;
    subscribe(topic: string, listener: (message: unknown) => void): Promise<unknown>;
    waitUntilReady(): Promise<void>;
    close(): Promise<void>;
  };
}

/** The layers over Redis that people use, each with its own way of encoding. */
export async function layerContestants({ server, peers }: BenchContext): Promise<Contestant[]> {
  const address = { host: '127.0.0.1', port: server.port };
  const titled = (name: string): string => `${name} ${peers.version(name)}`;
  const { RedisPubSub } = await peers.load<GraphqlModule>('graphql-redis-subscriptions');
  const { default: mqemitter } = await peers.load<MqemitterModule>('mqemitter-redis');
  const { Bus: BusClass } = await peers.load<BusModule>('@boringnode/bus');
  const { redis } = await peers.load<BusRedisModule>('@boringnode/bus/transports/redis');
  const { Relay } = await peers.load<RelayModule>('bullmq');
  return [
    await exchange(titled('graphql-redis-subscriptions'), 'no gaps told', async (delivered) => {
      const open = () =>
        new RedisPubSub({ publisher: new Redis(server.url), subscriber: new Redis(server.url) });
      const [here, there] = [open(), open()];
      await there.subscribe('graphql', () => delivered());
      return {
        publish: () => here.publish('graphql', payload),
        close: () => Promise.all([here.close(), there.close()]),
      };
    }),
    await exchange(titled('mqemitter-redis'), 'no gaps told; repeats left out', async (delivered) => {
      const [here, there] = [mqemitter(address), mqemitter(address)];
      await new Promise<void>((subscribed) =>
        there.on(
          'mq',
          (_, done) => {
            delivered();
            done();
          },
          subscribed,
        ),
      );
      return {
        publish: () =>
          new Promise<void>((resolve, reject) =>
            here.emit({ topic: 'mq', payload }, (error) => (error ? reject(error) : resolve())),
          ),
        close: () =>
          Promise.all([here, there].map((each) => new Promise<void>((closed) => each.close(closed)))),
      };
    }),
    await exchange(titled('@boringnode/bus'), 'no gaps told; own messages left out', async (delivered) => {
      const [here, there] = [new BusClass(redis(address)()), new BusClass(redis(address)())];
      await there.subscribe('bus', () => delivered());
      return {
        publish: () => here.publish('bus', payload),
        close: () => Promise.all([here.disconnect(), there.disconnect()]),
      };
    }),
    ...(await socketIoContestants(server.url, peers)),
    await exchange(titled('bullmq'), 'Relay: an inbox a node, drops counted', async (delivered) => {
      const [here, there] = [new Relay({ connection: address }), new Relay({ connection: address })];
      await Promise.all([here.waitUntilReady(), there.waitUntilReady()]);
      await there.subscribe('relay', () => delivered());
      return {
        publish: () => here.publish('relay', payload),
        close: () => Promise.all([here.close(), there.close()]),
      };
    }),
  ];
}
