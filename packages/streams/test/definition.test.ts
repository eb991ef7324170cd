import { describe, expect, it } from 'vitest';
import { defineStream } from '../src/index.js';
import { numbered } from './sample-streams.js';

describe('defining a stream', () => {
  const retention = 'forever' as const;
  it.each([
    ['stream name', () => defineStream('', { schema: numbered, retention })],
    ['stream name', () => defineStream('x'.repeat(101), { schema: numbered, retention })],
    ['schema', () => defineStream('x', { retention } as never)],
    ['schema', () => defineStream('x', { schema: numbered, events: { a: numbered }, retention } as never)],
    ['schema', () => defineStream('x', { schema: {} as never, retention })],
    ['events', () => defineStream('x', { events: {}, retention })],
    ['schema of the event a', () => defineStream('x', { events: { a: {} as never }, retention })],
    ['event name', () => defineStream('x', { events: { '': numbered }, retention })],
    ['retention', () => defineStream('x', { schema: numbered } as never)],
    ['retention', () => defineStream('x', { schema: numbered, retention: {} })],
    ['retention.maxLength', () => defineStream('x', { schema: numbered, retention: { maxLength: 0 } })],
    ['retention.maxAge', () => defineStream('x', { schema: numbered, retention: { maxAge: '0s' } })],
    ['dedupWindow', () => defineStream('x', { schema: numbered, retention, dedupWindow: 0 })],
  ])('refuses a bad %s by name', (argument, define) => {
    expect(define).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', argument }));
  });
});
