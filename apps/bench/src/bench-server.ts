import { type RespClient, startServer, withClient } from '@penknife/redis-servers';

/** Counters of a server at one moment. */
export interface ServerCounters {
  /** Commands that ran, those inside scripts included. */
  readonly commands: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly memory: number;
  readonly cpuSeconds: number;
  /** What this look itself adds to the next one. */
  readonly ownBytesIn: number;
  readonly ownBytesOut: number;
}

/** The private server of a case. */
export interface BenchServer {
  readonly url: string;
  readonly port: number;
  /** Product and version. */
  readonly version: string;
  counters(): Promise<ServerCounters>;
  flush(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing is answered until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

const requestBytes = '*2\r\n$4\r\nINFO\r\n$10\r\neverything\r\n'.length;

/** Valkey tells a Redis version, too: the one it is compatible with. */
function versionOf(info: string): string {
  const valkey = /^valkey_version:(\S+)/m.exec(info)?.[1];
  return valkey === undefined ? `Redis ${/^redis_version:(\S+)/m.exec(info)?.[1]}` : `Valkey ${valkey}`;
}

/** Starts a server that nobody else uses. */
export async function startBenchServer(): Promise<BenchServer> {
  const server = await startServer();
  const ask = <T>(act: (client: RespClient) => Promise<T>): Promise<T> => withClient(server.port, act);
  const info = async (): Promise<string> =>
    String(await ask((client) => client.command('INFO', 'everything')));
  const version = versionOf(await info());
  return {
    url: server.url,
    port: server.port,
    version,
    async counters() {
      const text = await info();
      const number = (field: string): number =>
        Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(text)?.[1] ?? 0);
      return {
        commands: number('total_commands_processed'),
        bytesIn: number('total_net_input_bytes'),
        bytesOut: number('total_net_output_bytes'),
        memory: number('used_memory'),
        cpuSeconds: number('used_cpu_user') + number('used_cpu_sys'),
        ownBytesIn: requestBytes,
        ownBytesOut: Buffer.byteLength(text) + `$${Buffer.byteLength(text)}\r\n\r\n`.length,
      };
    },
    async flush() {
      await ask((client) => client.command('FLUSHALL'));
    },
    pause: () => server.pause(),
    resume: () => server.resume(),
    stop: () => server.stop(),
  };
}
