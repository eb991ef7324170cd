import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

// The shell reads from a pipe whose other end the parent holds. When the parent ends in any way, also by SIGKILL, the pipe
// closes and the shell kills the worker, even one that is paused and could not notice. The worker has the channel alone, so
// that the parent sees it close when the worker ends.
const guard = `"$@" </dev/null 2>&1 &
worker=$!
exec 3>&- >/dev/null 2>&1
read -r word
kill -KILL $worker
wait $worker`;

const linesKept = 20;

/** A child of this process, with a channel, that cannot outlive it. */
export interface GuardedChild {
  /** The shell beside the worker: the channel is its, the process id is not. */
  readonly child: ChildProcess;
  /** How the worker ended, as a shell says it: its exit code, or 128 and the signal's number. */
  readonly ended: Promise<number>;
  lastLines(): readonly string[];
  /** SIGKILL, whatever it is doing; resolves with `ended` when nothing is left of it. */
  end(): Promise<number>;
}

/** Starts a module under this Node. Neither it nor its channel keeps this process alive. */
export function startGuardedChild(
  module: string,
  env: Readonly<Record<string, string | undefined>>,
): GuardedChild {
  const child = spawn('sh', ['-c', guard, 'sh', process.execPath, module], {
    stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
    // A session of its own: an interrupt from the terminal ends this process first, and then the worker.
    detached: true,
    env: { ...process.env, ...env },
    serialization: 'advanced',
  });
  const lines: string[] = [];
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('the worker has no pipes');
  createInterface({ input: stdout }).on('line', (line) => {
    if (lines.push(line) > linesKept) lines.shift();
  });
  // The guard may be gone already when its pipe is closed; its end is seen by 'exit'.
  stdin.on('error', () => undefined);
  // The worker is gone, or has closed its channel and can be of no more use.
  child.once('disconnect', () => stdin.end());
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
  child.unref();
  child.channel?.unref();
  for (const stream of [stdin, stdout]) (stream as { unref?(): void }).unref?.();
  return {
    child,
    ended,
    lastLines: () => [...lines],
    end() {
      child.ref();
      stdin.end();
      return ended;
    },
  };
}
