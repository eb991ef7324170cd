import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel';

/** What a trace carries: names and counts. Never a value, a key that holds user input, or a user id. */
export type TraceContext = Readonly<Record<string, string | number | boolean | undefined>>;

/** Runs an operation under a tracing channel. */
export interface Trace {
  <T>(context: () => TraceContext, run: () => Promise<T>): Promise<T>;
  /** The same for what ends with something that no listener may see, such as a user's data: only that it ended is told. */
  quietly<T>(context: () => TraceContext, run: () => Promise<T>): Promise<T>;
  /** False while surely nobody listens: whoever prepares a trace with more than a closure may leave that out then. */
  readonly listened: boolean;
}

/**
 * The tracing channel `penknife:<operation>` of `node:diagnostics_channel`. While nobody listens a traced operation costs
 * one property read; the context is not even built.
 */
export function defineTrace(operation: string): Trace {
  const channel: TracingChannel<string, Record<string, unknown>> = tracingChannel(`penknife:${operation}`);
  // Bun has no `hasSubscribers` on tracing channels: undefined counts as "perhaps".
  const listened = (): boolean => (channel as { hasSubscribers?: boolean }).hasSubscribers !== false;
  const trace = <T>(context: () => TraceContext, run: () => Promise<T>): Promise<T> =>
    listened() ? channel.tracePromise(run, { ...context() }) : run();
  const quietly = async <T>(context: () => TraceContext, run: () => Promise<T>): Promise<T> => {
    if (!listened()) return run();
    const ended: T[] = [];
    await trace(context, async () => {
      ended.push(await run());
    });
    return ended[0] as T;
  };
  return Object.defineProperty(Object.assign(trace, { quietly }), 'listened', {
    get: listened,
  }) as typeof trace & { quietly: typeof quietly; listened: boolean };
}
