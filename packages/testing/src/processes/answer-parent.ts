import { sentError, type WorkerCall, type WorkerMessage } from './messages.js';

/** What a worker does when it is asked, by name. Arguments and results are copied as by `structuredClone`. */
// biome-ignore lint/suspicious/noExplicitAny: the acts of a module are whatever it says; WorkerProcess types them.
export type WorkerActs = Readonly<Record<string, (...args: any[]) => unknown>>;

/** The worker's side of its parent. */
export interface WorkerParent {
  /** Tells the parent something unasked; reports and answers arrive in the order they were given. */
  report(value: unknown): void;
}

/**
 * Makes this process the worker of a test: call it once, at the top of the module that `startWorker` runs. It answers with
 * these acts until the parent is gone, and then ends. Throws where no parent has started it.
 */
export function answerParent(acts: WorkerActs): WorkerParent {
  if (process.send === undefined)
    throw new Error('answerParent: this process was not started by startWorker()');
  const say = (message: WorkerMessage): void => {
    // A parent that is gone cannot be told; 'disconnect' ends this process.
    process.send?.(message, undefined, undefined, () => undefined);
  };
  process.on('message', ({ id, act, args }: WorkerCall) => {
    answer(acts, act, args).then(
      (value) => say({ type: 'answer', id, value }),
      (error: unknown) => say({ type: 'refusal', id, error: sentError(error) }),
    );
  });
  process.once('disconnect', () => process.exit());
  say({ type: 'ready', pid: process.pid });
  return { report: (value) => say({ type: 'report', value }) };
}

async function answer(acts: WorkerActs, name: string, args: readonly unknown[]): Promise<unknown> {
  const act = Object.hasOwn(acts, name) ? acts[name] : undefined;
  if (act === undefined)
    throw new RangeError(`the worker has no act '${name}', only ${Object.keys(acts).join(', ')}`);
  return act(...args);
}
