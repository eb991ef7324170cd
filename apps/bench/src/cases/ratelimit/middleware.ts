import { createMemoryDriver } from '@penknife/driver-memory';
import { createRateLimiter } from '@penknife/ratelimit';
import { fastifyRateLimit } from '@penknife/ratelimit/fastify';
import { Redis } from 'ioredis';
import type { BenchCase, Contestant } from '../../case.js';
import { driverOn, generous, ours, theirs } from './contestants.js';

interface App {
  register(plugin: unknown, options?: object): Promise<unknown>;
  get(path: string, handler: () => Promise<string>): unknown;
  inject(path: string): Promise<{ readonly statusCode: number }>;
  close(): Promise<unknown>;
}
interface FastifyModule {
  readonly default: () => App;
}

const policy = { limit: generous.limit, window: generous.windowMs };

async function service(
  { default: fastify }: FastifyModule,
  name: string,
  guarantees: string,
  add: (app: App) => Promise<unknown>,
  end: () => Promise<unknown> = async () => undefined,
): Promise<Contestant> {
  const app = fastify();
  await add(app);
  app.get('/', async () => 'ok');
  const { statusCode } = await app.inject('/');
  if (statusCode !== 200) throw new Error(`${name} answers ${statusCode}`);
  return {
    name,
    guarantees,
    run: () => app.inject('/'),
    close: async () => {
      await app.close();
      await end();
    },
  };
}

/** A Fastify service with and without limits, requests injected. */
export const middlewareCases: readonly BenchCase[] = [
  {
    name: 'ratelimit/fastify',
    question: 'What does the middleware cost a Fastify service?',
    inFlight: [64],
    async prepare({ server, peers }) {
      const fastify = await peers.load<FastifyModule>('fastify');
      const { default: theirPlugin } = await peers.load<{ default: unknown }>('@fastify/rate-limit');
      const version = peers.version('@fastify/rate-limit');
      const limited = (driver: ReturnType<typeof createMemoryDriver>) => (app: App) =>
        app.register(fastifyRateLimit({ limiter: createRateLimiter(driver, { policy }) }).plugin);
      const [memory, redis] = [createMemoryDriver(), driverOn.ioredis(server.url)];
      const client = new Redis(server.url);
      const max = { max: generous.limit, timeWindow: generous.windowMs };
      return [
        await service(fastify, 'penknife in memory', ours, limited(memory), () => memory.close()),
        await service(fastify, 'no limit', 'none', async () => undefined),
        await service(fastify, `@fastify/rate-limit ${version} in memory`, theirs, (app) =>
          app.register(theirPlugin, max),
        ),
        await service(fastify, 'penknife on ioredis', ours, limited(redis), () => redis.close()),
        await service(
          fastify,
          `@fastify/rate-limit ${version} on ioredis`,
          theirs,
          (app) => app.register(theirPlugin, { ...max, redis: client }),
          async () => client.disconnect(),
        ),
      ];
    },
  },
];
