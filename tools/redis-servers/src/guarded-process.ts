import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

// The shell reads from a pipe whose other end this process holds. When this process ends in any way, also by SIGKILL,
// the pipe closes and the shell kills the server and removes its folder. "keep" asks it to leave the folder.
const guard = `"$@" </dev/null 2>&1 &
server=$!
echo "pid $server"
exec >/dev/null 2>&1
read -r word
kill -KILL $server
wait $server
status=$?
[ "$word" = keep ] || rm -rf -- "$PENKNIFE_SERVER_FOLDER"
exit $status`;

const linesKept = 20;

/** A server that ended before it was ready; the message carries its last lines of output. */
export class ServerExitError extends Error {
  override readonly name = 'ServerExitError';
}

/** A running server that cannot outlive this process. */
export interface GuardedProcess {
  /** The server's own process id, not that of the shell beside it. */
  readonly pid: number;
  /** Whether the server's process still runs (a paused one does). */
  readonly running: boolean;
  /** Resolves when the server has ended for whatever reason and nothing of it is left. */
  readonly ended: Promise<void>;
  /** The last lines it printed. */
  lastLines(): readonly string[];
  /** Kills it with SIGKILL if it still runs; removes its folder unless `keepFolder`. */
  end(keepFolder: boolean): Promise<void>;
}

/** What to start, which folder belongs to it, and the line that says it is ready. */
export interface GuardedCommand {
  readonly command: readonly string[];
  readonly folder: string;
  readonly ready: RegExp;
}

function unref(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as { unref?(): void })?.unref?.();
}

/**
 * Starts a server beside a guarding shell and resolves when it prints its `ready` line; rejects with a
 * `ServerExitError` when it ends before. A server that is forgotten does not keep this process alive, and goes with it.
 * The folder is left alone when the server ends by itself before it was ready.
 */
export function startGuarded({ command, folder, ready }: GuardedCommand): Promise<GuardedProcess> {
  const child = spawn('sh', ['-c', guard, 'sh', ...command], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // A session of its own: an interrupt from the terminal ends this process first, which then ends the server.
    detached: true,
    env: { ...process.env, PENKNIFE_SERVER_FOLDER: folder },
  });
  const lines: string[] = [];
  let pid = 0;
  let running = true;
  let isReady = false;
  let word = 'keep\n';
  const { promise: ended, resolve: markEnded } = settledLater();
  // The guard may be gone already when its pipe is closed; its end is seen by `exit`.
  child.stdin.on('error', () => undefined);
  child.once('error', markEnded);
  child.once('exit', markEnded);

  return new Promise((resolve, reject) => {
    const handle: GuardedProcess = {
      get pid() {
        return pid;
      },
      get running() {
        return running;
      },
      ended,
      lastLines: () => [...lines],
      async end(keepFolder) {
        word = keepFolder ? 'keep\n' : '';
        child.ref();
        child.stdin.end(word);
        await ended;
      },
    };
    const output = createInterface({ input: child.stdout });
    output.on('line', (line) => {
      const announced = /^pid (\d+)$/.exec(line);
      if (announced) pid = Number(announced[1]);
      else if (lines.push(line) > linesKept) lines.shift();
      // Once: whatever it says later may be read while its end is waited for.
      if (!isReady && pid > 0 && lines.some((text) => ready.test(text))) {
        isReady = true;
        unref(child);
        resolve(handle);
      }
    });
    // The output closes when the server is gone: only then is the guard told to finish.
    output.once('close', () => {
      running = false;
      child.stdin.end(word);
    });
    ended.then(() => {
      running = false;
      reject(new ServerExitError(`the server ended before it was ready: ${lines.slice(-5).join(' | ')}`));
    }, reject);
  });
}

function settledLater(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
