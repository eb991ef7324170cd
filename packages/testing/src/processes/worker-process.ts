import { fileURLToPath } from 'node:url';
import type { WorkerActs } from './answer-parent.js';
import { type GuardedChild, startGuardedChild } from './guarded-child.js';
import { receivedError, type WorkerMessage } from './messages.js';
import { pauseProcess, resumeProcess } from './process-signals.js';

/** How a worker is started. */
export interface WorkerOptions {
  /** Environment variables beside this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Told what the worker reports, in its order. */
  onReport?(value: unknown): void;
}

/** A process of its own that runs a module with `answerParent`. */
export interface WorkerProcess<Acts extends WorkerActs = WorkerActs> extends AsyncDisposable {
  readonly pid: number;
  /** False from the moment its end is known. */
  readonly running: boolean;
  /** Resolves when it has ended for whatever reason: with its exit code, or 128 and the number of the signal (137: killed). */
  readonly ended: Promise<number>;
  /**
   * Asks for an act. Rejects with what the act threw (its name, message, `code` and stack; not its class), or when the worker
   * ends before it answers. A paused worker answers when it is resumed.
   */
  call<Name extends keyof Acts & string>(
    name: Name,
    ...args: Parameters<Acts[Name]>
  ): Promise<Awaited<ReturnType<Acts[Name]>>>;
  /** SIGKILL: it ends without a word. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: it stands still and does not know. Resolves when it has stopped. */
  pause(): Promise<void>;
  /** SIGCONT. */
  resume(): void;
  /** The last lines it printed, for error messages. */
  lastLines(): readonly string[];
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * Starts a module – JavaScript that this Node runs, by path or `file:` URL – as a process of its own, and resolves when it
 * has called `answerParent`. It dies with this process, however that ends, and also when paused; a test that is done with it
 * kills it (`await using`). Rejects when it ends before it is ready. POSIX only: it needs `sh`.
 */
export async function startWorker<Acts extends WorkerActs = WorkerActs>(
  module: string | URL,
  options: WorkerOptions = {},
): Promise<WorkerProcess<Acts>> {
  const path = String(module).startsWith('file:') ? fileURLToPath(module) : String(module);
  const guarded = startGuardedChild(path, options.env ?? {});
  const waiting = new Map<number, Waiting>();
  const ready = new Promise<number>((resolve, reject) => {
    guarded.child.on('message', (message: WorkerMessage) => {
      if (message.type === 'ready') resolve(message.pid);
      else if (message.type === 'report') options.onReport?.(message.value);
      else settle(message, waiting);
    });
    guarded.ended.then((code) => reject(gone(guarded, path, code)), reject);
  });
  let running = true;
  const ended = guarded.ended.then((code) => {
    running = false;
    for (const { reject } of waiting.values()) reject(gone(guarded, path, code));
    waiting.clear();
    return code;
  });
  guarded.child.ref();
  const pid = await ready;
  guarded.child.unref();
  return workerOf(pid, guarded, waiting, ended, () => running);
}

function workerOf<Acts extends WorkerActs>(
  pid: number,
  guarded: GuardedChild,
  waiting: Map<number, Waiting>,
  ended: Promise<number>,
  running: () => boolean,
): WorkerProcess<Acts> {
  let calls = 0;
  const kill = async (): Promise<void> => {
    await guarded.end();
    await ended;
  };
  return {
    pid,
    get running() {
      return running();
    },
    ended,
    call(act, ...args) {
      if (!running()) return Promise.reject(new Error(`the worker ${pid} has ended and cannot ${act}`));
      const id = calls++;
      return new Promise((resolve, reject) => {
        // While somebody waits for an answer, this process stays for it.
        guarded.child.channel?.ref();
        const done = (): void => {
          waiting.delete(id);
          if (waiting.size === 0) guarded.child.channel?.unref();
        };
        waiting.set(id, {
          resolve: (value) => {
            done();
            resolve(value as never);
          },
          reject: (error) => {
            done();
            reject(error);
          },
        });
        // When the channel is closed the worker is gone, and its end answers.
        guarded.child.send({ id, act, args }, () => undefined);
      });
    },
    kill,
    async pause() {
      if (running()) await pauseProcess(pid);
    },
    resume() {
      if (running()) resumeProcess(pid);
    },
    lastLines: () => guarded.lastLines(),
    [Symbol.asyncDispose]: kill,
  };
}

function settle(
  message: Extract<WorkerMessage, { type: 'answer' | 'refusal' }>,
  waiting: ReadonlyMap<number, Waiting>,
): void {
  const call = waiting.get(message.id);
  if (message.type === 'answer') call?.resolve(message.value);
  else call?.reject(receivedError(message.error));
}

function gone(guarded: GuardedChild, path: string, code: number): Error {
  const said = guarded.lastLines().slice(-5).join(' | ');
  return new Error(`the worker ${path} ended with ${code}${said === '' ? '' : `: ${said}`}`);
}
