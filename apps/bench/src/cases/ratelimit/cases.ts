import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { BenchCase, BenchContext, Contestant } from '../../case.js';
import {
  commandOf,
  driverOn,
  type FlexibleModule,
  generous,
  identifierOf,
  limiterOn,
  theirs,
} from './contestants.js';
import { frozenCases } from './frozen.js';
import { hotKeyCases } from './hot-key.js';
import { middlewareCases } from './middleware.js';
import { severalCases } from './several.js';

/** The same script, keys and arguments through the client alone. */
async function rawOnIoredis(url: string): Promise<Contestant> {
  const client = new Redis(url);
  const { limit, windowMs } = generous;
  const { script, args } = await commandOf({ policy: { limit, window: windowMs } }, identifierOf(0));
  const sha = String(await client.script('LOAD', script?.lua ?? ''));
  const [, , , key = '', ...rest] = args.map(String);
  const keys = Array.from({ length: 1000 }, (_, i) => key.replace('user-0', `user-${i}`));
  return {
    name: 'raw EVALSHA of the same script on ioredis',
    guarantees: 'the client’s own: queues while disconnected, may re-send',
    run: (turn) => client.evalsha(sha, 1, keys[turn % 1000] ?? '', ...rest),
    close: async () => client.disconnect(),
  };
}

async function rawOnNodeRedis(url: string): Promise<Contestant> {
  const client = await createClient({ url }).connect();
  const { limit, windowMs } = generous;
  const { script, args } = await commandOf({ policy: { limit, window: windowMs } }, identifierOf(0));
  const sha = await client.scriptLoad(script?.lua ?? '');
  const [, , , key = '', ...rest] = args.map(String);
  const keys = Array.from({ length: 1000 }, (_, i) => key.replace('user-0', `user-${i}`));
  return {
    name: 'raw EVALSHA of the same script on node-redis',
    guarantees: 'the client’s own: queues while disconnected, may re-send',
    run: (turn) => client.sendCommand(['EVALSHA', sha, '1', keys[turn % 1000] ?? '', ...rest]),
    close: async () => client.destroy(),
  };
}

async function flexible(
  { server, peers }: BenchContext,
  client: 'ioredis' | 'node-redis',
): Promise<Contestant> {
  const { RateLimiterRedis } = await peers.load<FlexibleModule>('rate-limiter-flexible');
  const name = `rate-limiter-flexible ${peers.version('rate-limiter-flexible')} on ${client}`;
  const options = { points: generous.limit, duration: 60 };
  if (client === 'ioredis') {
    const storeClient = new Redis(server.url);
    const peer = new RateLimiterRedis({ storeClient, ...options });
    const run = (turn: number) => peer.consume(identifierOf(turn), 1);
    return { name, guarantees: theirs, run, close: async () => storeClient.disconnect() };
  }
  const storeClient = await createClient({ url: server.url }).connect();
  const peer = new RateLimiterRedis({ storeClient, useRedisPackage: true, ...options });
  const run = (turn: number) => peer.consume(identifierOf(turn), 1);
  return { name, guarantees: theirs, run, close: async () => storeClient.destroy() };
}

/** One decision against rate-limiter-flexible and the bare command on the same client; then what surrounds it. */
export const rateLimitCases: readonly BenchCase[] = [
  ...(['ioredis', 'node-redis'] as const).map(
    (client): BenchCase => ({
      name: `ratelimit/check-${client}`,
      question: `How fast is one decision, on ${client}?`,
      inFlight: [1, 64],
      async prepare(context) {
        const { url } = context.server;
        return [
          limiterOn(`penknife on ${client}`, driverOn[client](url)),
          client === 'ioredis' ? await rawOnIoredis(url) : await rawOnNodeRedis(url),
          await flexible(context, client),
        ];
      },
    }),
  ),
  ...severalCases,
  ...hotKeyCases,
  ...middlewareCases,
  ...frozenCases,
];
