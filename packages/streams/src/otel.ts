/// <reference lib="esnext.disposable" preserve="true" />
import {
  type Attributes,
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  type Link,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { checkObject } from '@penknife/core';
import type { Operation, Telemetry, TraceParent } from './telemetry.js';

/** What `openTelemetry` may be told. */
export interface OpenTelemetryOptions {
  /** Default: that of the global provider, under the name of this package. */
  readonly tracer?: Tracer;
  /** Spans for settlements too; they are many. Default false. */
  readonly settlements?: boolean;
}

const kinds = {
  send: SpanKind.PRODUCER,
  receive: SpanKind.CLIENT,
  process: SpanKind.CONSUMER,
  settle: SpanKind.CLIENT,
} as const;

/**
 * Spans by OpenTelemetry's names for messaging (still in development there, and may change with it): `send`, `receive`,
 * `process`, and `settle` if wanted. The context of a send travels with the message; a process span continues it when it is
 * of one message, and links to each when it is of several. Receives that brought nothing make no span. Stream, group and ids
 * are told, never content.
 *
 * ```ts
 * const streams = createStreams(driver, { telemetry: openTelemetry() });
 * ```
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Telemetry {
  checkObject('options', options);
  const { tracer = trace.getTracer('@penknife/streams'), settlements = false } = options;
  return {
    run(operation, run) {
      if (operation.type === 'receive') return receive(tracer, operation, run);
      if (operation.type === 'settle' && !settlements) return run(undefined);
      const { parents = [] } = operation;
      const [only] = parents;
      const continued = operation.messages === 1 && only !== undefined;
      const parent = continued ? extract(only) : context.active();
      const links = continued ? [] : parents.flatMap(linkTo);
      const span = tracer.startSpan(
        nameOf(operation),
        {
          kind: kinds[operation.type],
          attributes: attributesOf(operation),
          links,
        },
        parent,
      );
      const inside = trace.setSpan(parent, span);
      const travelling = operation.type === 'send' ? inject(inside) : undefined;
      return ending(span, () => context.with(inside, () => run(travelling)));
    },
  };
}

/** A span of a receive that brought nothing is never ended, and so never told. */
async function receive<T>(
  tracer: Tracer,
  operation: Operation,
  run: (travelling: undefined) => Promise<T>,
): Promise<T> {
  const span = tracer.startSpan(nameOf(operation), {
    kind: kinds.receive,
    attributes: attributesOf(operation),
  });
  const result = await run(undefined).catch((error: unknown) => {
    fail(span, error);
    span.end();
    throw error;
  });
  const messages = countOf(result);
  if (messages > 0) span.setAttribute('messaging.batch.message_count', messages).end();
  return result;
}

/** What came: entries themselves, or a result that has some. */
function countOf(result: unknown): number {
  if (Array.isArray(result)) return result.length;
  const entries = (result as { readonly entries?: unknown } | undefined)?.entries;
  return Array.isArray(entries) ? entries.length : 0;
}

async function ending<T>(span: Span, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    fail(span, error);
    throw error;
  } finally {
    span.end();
  }
}

function fail(span: Span, error: unknown): void {
  const type = error instanceof Error ? error.name : 'unknown';
  span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR, message: type });
}

function nameOf({ type, stream }: Operation): string {
  return `${type} ${stream}`;
}

function attributesOf({ type, stream, group, messages, messageId, outcome }: Operation): Attributes {
  return {
    'messaging.system.name': 'redis',
    'messaging.destination.name': stream,
    'messaging.operation.type': type,
    'messaging.operation.name': outcome ?? type,
    ...(group !== undefined && { 'messaging.consumer.group.name': group }),
    ...(messageId !== undefined && { 'messaging.message.id': messageId }),
    ...(messages !== 1 && { 'messaging.batch.message_count': messages }),
  };
}

function inject(inside: ReturnType<typeof context.active>): TraceParent | undefined {
  const carrier: { traceparent?: string; tracestate?: string } = {};
  propagation.inject(inside, carrier, defaultTextMapSetter);
  const { traceparent, tracestate } = carrier;
  if (traceparent === undefined) return undefined;
  return tracestate === undefined ? { traceparent } : { traceparent, tracestate };
}

function extract(parent: TraceParent): ReturnType<typeof context.active> {
  return propagation.extract(context.active(), { ...parent }, defaultTextMapGetter);
}

function linkTo(parent: TraceParent): Link[] {
  const spanContext = trace.getSpanContext(extract(parent));
  return spanContext === undefined ? [] : [{ context: spanContext }];
}
