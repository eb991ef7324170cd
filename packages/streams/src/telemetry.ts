import { defineTrace } from '@penknife/core';

/** A place in a distributed trace, as it travels with a message: W3C Trace Context. */
export interface TraceParent {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** What is being done, in the words of messaging: names and counts, never content. */
export interface Operation {
  readonly type: 'send' | 'receive' | 'process' | 'settle';
  readonly stream: string;
  readonly group?: string;
  /** How many messages; of a receive at most. */
  readonly messages: number;
  /** Of the only message: its id in the log. */
  readonly messageId?: string;
  /** Of a settlement: what becomes of the messages. */
  readonly outcome?: 'ack' | 'retry' | 'dead-letter' | 'once';
  /** Where the messages' own traces stand, of those that have one. */
  readonly parents?: readonly TraceParent[];
}

/** What a telemetry library hooks in by: `openTelemetry()` of `./otel` makes one. */
export interface Telemetry {
  /**
   * Runs the operation, in a span of its own. A send is given where its trace stands, to travel with the messages; a receive
   * tells by its result how many came.
   */
  run<T>(operation: Operation, run: (travelling: TraceParent | undefined) => Promise<T>): Promise<T>;
}

const channels = {
  send: defineTrace('streams.append'),
  receive: defineTrace('streams.receive'),
  process: defineTrace('streams.process'),
  settle: defineTrace('streams.settle'),
} as const;

/** False while nobody would hear of such an operation. */
export function isTold(telemetry: Telemetry | undefined, type: Operation['type']): boolean {
  return telemetry !== undefined || channels[type].listened;
}

/** Runs an operation under its tracing channel, and in its span where there is telemetry. The operation is built on demand. */
export function traced<T>(
  telemetry: Telemetry | undefined,
  type: Operation['type'],
  operation: () => Omit<Operation, 'type'>,
  run: (travelling: TraceParent | undefined) => Promise<T>,
): Promise<T> {
  const context = () => {
    const { parents: _, ...facts } = operation();
    return facts;
  };
  return channels[type](context, () =>
    telemetry === undefined ? run(undefined) : telemetry.run({ ...operation(), type }, run),
  );
}
