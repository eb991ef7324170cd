import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel';

/** What a trace carries: names and counts. Never a value, a key that holds user input, or a user id. */
export type TraceContext = Readonly<Record<string, string | number | boolean | undefined>>;

/** Runs an operation under a tracing channel. */
export type Trace = <T>(context: () => TraceContext, run: () => Promise<T>) => Promise<T>;

/**
 * The tracing channel `penknife:<operation>` of `node:diagnostics_channel`. While nobody listens a traced operation costs
 * one property read; the context is not even built.
 */
export function defineTrace(operation: string): Trace {
  const channel: TracingChannel<string, Record<string, unknown>> = tracingChannel(`penknife:${operation}`);
  return (context, run) => {
    // Bun has no `hasSubscribers` on tracing channels: undefined counts as "perhaps".
    if ((channel as { hasSubscribers?: boolean }).hasSubscribers === false) return run();
    return channel.tracePromise(run, { ...context() });
  };
}
