import { parseArgs } from 'node:util';
import { createMemoryRedis, type MemoryRedis, type MemoryRedisOptions } from '../memory-redis.js';
import { type MemoryServer, startServer } from './start-server.js';

const usage = `penknife-server: a Redis in a Node process, for any Redis client

  --port N             TCP port, default 6379; 0 takes a free one
  --bind ADDRESS       default 127.0.0.1; other addresses need --requirepass
  --unixsocket PATH    listens there as well
  --requirepass TEXT   password of the default user
  --databases N        default 16
  --compatibility NAME 7.0 (default), 8.0, 8.6, valkey-8.1 or valkey-9
  --file PATH          keeps the data there
  --fsync WHEN         always or everysecond (default)
  --help
`;

const options = {
  port: { type: 'string' },
  bind: { type: 'string' },
  unixsocket: { type: 'string' },
  requirepass: { type: 'string' },
  databases: { type: 'string' },
  compatibility: { type: 'string' },
  file: { type: 'string' },
  fsync: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** Where a command writes to, and what ends it. */
export interface Surroundings {
  readonly out: (text: string) => void;
  readonly complain: (text: string) => void;
  /** Calls back when the process is asked to end; gives what forgets the callback. */
  readonly onStop: (stop: () => void) => () => void;
}

const ofProcess: Surroundings = {
  out: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
  onStop(stop) {
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    return () => {
      process.off('SIGTERM', stop);
      process.off('SIGINT', stop);
    };
  },
};

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw new TypeError(`--${name} must be a whole number, got '${text}'`);
  return value;
}

/**
 * The command `penknife-server`: starts a server and resolves with its exit code when it has ended, by a signal or by a
 * client's SHUTDOWN. Writes `Ready to accept connections` when it listens.
 */
export async function runServerCommand(
  args: readonly string[],
  { out, complain, onStop }: Surroundings = ofProcess,
): Promise<number> {
  let server: MemoryServer;
  let redis: MemoryRedis | undefined;
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true });
    if (values.help) {
      out(usage);
      return 0;
    }
    const databases = number('databases', values.databases);
    redis = createMemoryRedis({
      ...(values.file !== undefined && {
        persistence: {
          file: values.file,
          ...(values.fsync !== undefined && { fsync: values.fsync as 'always' | 'everysecond' }),
        },
      }),
      ...(databases !== undefined && { databases }),
      ...(values.compatibility !== undefined && {
        compatibility: values.compatibility as NonNullable<MemoryRedisOptions['compatibility']>,
      }),
    });
    server = await startServer(redis, {
      port: number('port', values.port) ?? 6379,
      ...(values.bind !== undefined && { bind: values.bind }),
      ...(values.unixsocket !== undefined && { unixSocket: values.unixsocket }),
      ...(values.requirepass !== undefined && { password: values.requirepass }),
      onError: (error) => complain(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`),
    });
  } catch (error) {
    complain(`penknife-server: ${(error as Error).message}\n`);
    redis?.close();
    return 1;
  }
  const forget = onStop(() => void server.close());
  out(`Ready to accept connections on ${server.url?.replace(/:[^:@]*@/, '') ?? server.unixSocket}\n`);
  await server.closed;
  forget();
  redis.close();
  return 0;
}
