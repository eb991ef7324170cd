import { type RespClient, startServer, withClient } from '@penknife/redis-servers';

/** Counters of a server at one moment. */
export interface ServerCounters {
  /** Commands that ran, those inside scripts included. */
  readonly commands: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly memory: number;
  readonly cpuSeconds: number;
}

/** The private server of a case. */
export interface BenchServer {
  readonly url: string;
  readonly port: number;
  readonly version: string;
  counters(): Promise<ServerCounters>;
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server that nobody else uses. */
export async function startBenchServer(): Promise<BenchServer> {
  const server = await startServer();
  const ask = <T>(act: (client: RespClient) => Promise<T>): Promise<T> => withClient(server.port, act);
  const info = async (): Promise<string> =>
    String(await ask((client) => client.command('INFO', 'everything')));
  const version = /^(?:valkey|redis)_version:(\S+)/m.exec(await info())?.[1] ?? 'unknown';
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
      };
    },
    async flush() {
      await ask((client) => client.command('FLUSHALL'));
    },
    stop: () => server.stop(),
  };
}
