import type { Driver, StandardSchema } from '@penknife/core';
import { expectTypeOf, it } from 'vitest';
import { createStreams, defineStream, type PoisonError } from '../src/index.js';

declare const driver: Driver;
declare const count: StandardSchema<{ n: string }, { n: number }>;
declare const reason: StandardSchema<{ why: string }, { why: string }>;

const one = createStreams(driver).open(defineStream('one', { schema: count, retention: 'forever' }));
const events = createStreams(driver).open(
  defineStream('events', { events: { counted: count, refused: reason }, retention: { maxLength: 10 } }),
);

it('a stream with one schema takes its input and gives its output', () => {
  expectTypeOf(one.append).parameter(0).toExtend<{ readonly data: { n: string } }>();
  one.consume('g', (message) => {
    expectTypeOf(message.data).toEqualTypeOf<{ n: number }>();
    expectTypeOf(message.signal).toEqualTypeOf<AbortSignal>();
    expectTypeOf(message.nack('5s')).resolves.toEqualTypeOf<boolean>();
  });
  // @ts-expect-error the output is not the input
  void one.append({ data: { n: 1 } });
  // @ts-expect-error there are no events
  void one.append({ event: 'counted', data: { n: '1' } });
});

it('a stream of events tells them apart', () => {
  void events.append({ event: 'counted', data: { n: '1' }, id: 'a', headers: { from: 'here' } });
  // @ts-expect-error data of another event
  void events.append({ event: 'refused', data: { n: '1' } });
  // @ts-expect-error no such event
  void events.append({ event: 'unknown', data: {} });
  // @ts-expect-error the event is missing
  void events.append({ data: { n: '1' } });
  events.consume('g', (message) => {
    if (message.event === 'counted') expectTypeOf(message.data).toEqualTypeOf<{ n: number }>();
    else expectTypeOf(message.data).toEqualTypeOf<{ why: string }>();
  });
});

it('a batch is a list, in everything else the same', () => {
  events.consume('g', (messages) => expectTypeOf(messages.length).toEqualTypeOf<number>(), { batch: 10 });
  one.consume('g', ([first]) => expectTypeOf(first?.data).toEqualTypeOf<{ n: number } | undefined>(), {
    batch: 2,
  });
});

it('readers and dead letters give the same messages', async () => {
  for await (const message of one.range({
    onPoison: (poison) => expectTypeOf(poison).toEqualTypeOf<PoisonError>(),
  })) {
    expectTypeOf(message.data.n).toEqualTypeOf<number>();
  }
  for await (const letter of events.deadLetters('g').list()) {
    if (letter.message?.event === 'refused') expectTypeOf(letter.message.data.why).toEqualTypeOf<string>();
  }
});

it('a definition says retention, and schema or events', () => {
  // @ts-expect-error no retention
  defineStream('x', { schema: count });
  // @ts-expect-error both
  defineStream('x', { schema: count, events: { a: count }, retention: 'forever' });
  // @ts-expect-error neither
  defineStream('x', { retention: 'forever' });
});
