import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findBinary } from '@penknife/redis-servers';
import type { BenchCase, Contestant } from '../../case.js';

const execute = promisify(execFile);
const connections = 50;
const requests = 40_000;
const speaks = (): string => 'redis-benchmark, RESP2';

// It ends when the pipe does: with this process, however that ends.
const guard = '"$@" & door=$!; exec 2>/dev/null; read -r word; kill $door; wait $door';

/** The door as users start it: a process of its own. */
async function startDoor(): Promise<{
  readonly port: number;
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
}> {
  const program = fileURLToPath(new URL('./bin.js', import.meta.resolve('@penknife/driver-memory')));
  const child = spawn('sh', ['-c', guard, 'sh', process.execPath, program, '--port', '0'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let printed = '';
  while (!/Ready to accept connections/.test(printed)) {
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    printed += chunk.toString();
  }
  const port = Number(/:(\d+)/.exec(printed)?.[1]);
  return { port, child };
}

/** `redis-benchmark`, which comes with the server, as a call that sends so many commands to a port. */
async function benchmarkProgram(
  command: string,
  pipeline: number,
): Promise<(port: number) => Promise<unknown>> {
  const { command: words } = await findBinary();
  const [file = '', ...first] = words.map((word) => word.replace(/(redis|valkey)-server$/, '$1-benchmark'));
  const args = [
    '-c',
    String(connections),
    '-P',
    String(pipeline),
    '-n',
    String(requests),
    '-t',
    command,
    '-q',
  ];
  return (port) => execute(file, [...first, '-p', String(port), ...args]);
}

/** `penknife-server` beside redis-server, under redis-benchmark. */
export const doorCases: readonly BenchCase[] = ['get', 'set'].flatMap((command) =>
  [1, 16].map(
    (pipeline): BenchCase => ({
      name: `memory/door-${command}-p${pipeline}`,
      question: `redis-benchmark -c ${connections} -P ${pipeline} -t ${command} against the door`,
      inFlight: [1],
      async prepare({ server }): Promise<readonly Contestant[]> {
        const [{ port, child }, bombard] = await Promise.all([
          startDoor(),
          benchmarkProgram(command, pipeline),
        ]);
        return [
          {
            name: 'penknife-server',
            speaks,
            guarantees: 'Redis 7.0 semantics',
            operations: requests,
            run: () => bombard(port),
            async close() {
              child.stdin.end();
              await once(child, 'exit');
            },
          },
          {
            name: 'redis-server',
            speaks,
            guarantees: 'Redis',
            operations: requests,
            run: () => bombard(server.port),
            close: async () => undefined,
          },
        ];
      },
    }),
  ),
);
