import { tracingChannel } from 'node:diagnostics_channel';
import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { createManualClock } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStreams, type Telemetry, type TraceParent } from '../src/index.js';
import { openTelemetry } from '../src/otel.js';
import { all, collected } from './collected.js';
import { drafts, numbers } from './sample-streams.js';

const parent: TraceParent = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'shop=1,other=2',
};

function world() {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed: 1 });
  return { clock, driver: redis.driver() };
}

describe('the trace that travels with a message', () => {
  it('is what the draft says, as it was; what is no trace is refused, what is broken in the log is none', async () => {
    const { driver } = world();
    const log = createStreams(driver).open(numbers);
    await log.append({ data: { n: 1 }, trace: parent });
    await log.append({ data: { n: 2 }, trace: { traceparent: parent.traceparent } });
    await log.append({ data: { n: 3 } });
    await log.append({ data: { n: 4 }, trace: { ...parent, tracestate: 'x'.repeat(513) } });
    await driver.send({
      args: ['XADD', 'pk:st1:log:{numbers}', '*', 'd', '\u00011j{"n":5}', 't', 'broken'],
      key: 'pk:st1:log:{numbers}',
      read: () => undefined,
    });
    const only = { traceparent: parent.traceparent };
    expect((await all(log.range())).map(({ trace: of }) => of)).toEqual([
      parent,
      only,
      undefined,
      only,
      undefined,
    ]);
    await expect(log.append({ data: { n: 1 }, trace: { traceparent: 'mine' } })).rejects.toMatchObject({
      argument: 'trace.traceparent',
    });
    await driver.close();
  });
});

describe('tracing channels', () => {
  it('tell of publish, receive, process and settle: names, counts and ids, no content', async () => {
    const { clock, driver } = world();
    const told: [string, Record<string, unknown>][] = [];
    const names = ['append', 'receive', 'process', 'settle'];
    const stops = names.map((name) => {
      const channel = tracingChannel<string, Record<string, unknown>>(`penknife:streams.${name}`);
      const listener = {
        start: () => undefined,
        end: () => undefined,
        asyncStart: () => undefined,
        asyncEnd: (of: Record<string, unknown>) => void told.push([name, of]),
        error: () => undefined,
      };
      channel.subscribe(listener);
      return () => channel.unsubscribe(listener);
    });
    const log = createStreams(driver).open(numbers);
    const { id } = await log.append({ data: { n: 4711 }, key: 'user-4711', trace: parent });
    let fail = true;
    const consumer = log.consume(
      'g',
      () => {
        if (!fail) return;
        fail = false;
        throw new Error('once');
      },
      { retry: { base: 1, jitter: 'none' } },
    );
    for (let i = 0; i < 20; i++) await clock.advance(5);
    await consumer.close();
    for (const stop of stops) stop();
    const facts = (name: string) => told.filter(([of]) => of === name).map(([, of]) => of);
    expect(facts('append')).toMatchObject([{ stream: 'numbers', messages: 1 }]);
    expect(facts('receive').length).toBeGreaterThan(0);
    expect(facts('process')).toMatchObject([
      { stream: 'numbers', group: 'g', messages: 1, messageId: id },
      { messageId: id },
    ]);
    expect(facts('settle').map(({ outcome }) => outcome)).toEqual(['retry', 'ack']);
    // What a handler threw and what a call gave are its caller's; content is nobody's.
    const texts = told.map(([, { result, error, ...rest }]) => JSON.stringify(rest));
    expect(texts.join()).not.toContain('4711');
    await driver.close();
  });
});

describe('OpenTelemetry', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer('test');

  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  });
  afterAll(async () => {
    context.disable();
    propagation.disable();
    await provider.shutdown();
  });

  const named = (name: string): ReadableSpan[] =>
    exporter.getFinishedSpans().filter((span) => span.name === name);

  it('one trace goes from who appends through the log into the handler and what it does', async () => {
    exporter.reset();
    const { clock, driver } = world();
    const log = createStreams(driver, { telemetry: openTelemetry({ tracer, settlements: true }) }).open(
      numbers,
    );
    const inside = collected<string | undefined>();
    await tracer.startActiveSpan('request', async (span) => {
      await log.append({ data: { n: 1 } });
      span.end();
    });
    const consumer = log.consume('g', () => inside.push(trace.getActiveSpan()?.spanContext().traceId));
    for (let i = 0; i < 10; i++) await clock.advance(5);
    await consumer.close();
    const [request] = named('request');
    const [send] = named('send numbers');
    const [process] = named('process numbers');
    const traceId = request?.spanContext().traceId;
    expect([send, process].map((span) => span?.spanContext().traceId)).toEqual([traceId, traceId]);
    expect(inside.items).toEqual([traceId]);
    expect(send?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
    expect(process?.parentSpanContext?.spanId).toBe(send?.spanContext().spanId);
    expect([send?.kind, process?.kind]).toEqual([SpanKind.PRODUCER, SpanKind.CONSUMER]);
    expect(process?.attributes).toMatchObject({
      'messaging.system.name': 'redis',
      'messaging.destination.name': 'numbers',
      'messaging.operation.type': 'process',
      'messaging.consumer.group.name': 'g',
    });
    expect(named('settle numbers')[0]?.attributes['messaging.operation.name']).toBe('ack');
    // Reads that brought nothing leave no span.
    expect(named('receive numbers')).toHaveLength(1);
    expect(named('receive numbers')[0]?.attributes['messaging.batch.message_count']).toBe(1);
    await driver.close();
  });

  it('a batch links to the trace of each message, and a failure is said by its class', async () => {
    exporter.reset();
    const { clock, driver } = world();
    const log = createStreams(driver, { telemetry: openTelemetry({ tracer }) }).open(numbers);
    for (const draft of drafts(3)) await log.append(draft);
    const consumer = log.consume(
      'g',
      () => {
        throw new RangeError('secret');
      },
      { batch: 3, retry: { failures: 1 } },
    );
    for (let i = 0; i < 10; i++) await clock.advance(5);
    await consumer.close();
    const sent = named('send numbers').map((span) => span.spanContext().spanId);
    const [process] = named('process numbers');
    expect(process?.links.map((link) => link.context.spanId)).toEqual(sent);
    expect(process?.attributes).toMatchObject({
      'error.type': 'RangeError',
      'messaging.batch.message_count': 3,
    });
    expect(JSON.stringify(process?.status)).not.toContain('secret');
    expect(named('settle numbers')).toEqual([]);
    await driver.close();
  });

  it('of which a hook throws fails the message, and holds up no other', async () => {
    const { clock, driver } = world();
    const broken: Telemetry = {
      run(operation, run) {
        if (operation.type === 'process') throw new Error('no span');
        return run(undefined);
      },
    };
    const log = createStreams(driver, { telemetry: broken }).open(numbers);
    await log.appendMany(drafts(3));
    const buried = collected<unknown>();
    const consumer = log.consume('g', () => undefined, {
      retry: { failures: 1 },
      onEvent: (event) => event.type === 'dead-letter' && buried.push(event.error),
    });
    const all = buried.atLeast(3);
    await clock.advance(100);
    expect(String((await all)[0])).toContain('no span');
    const closed = consumer.close();
    await clock.advance(100);
    expect(await closed).toMatchObject({ released: 0 });
    await driver.close();
  });

  it('refuses what is no telemetry', () => {
    expect(() => createStreams(world().driver, { telemetry: {} as never })).toThrow('telemetry');
  });
});
