import { afterEach, expect, test, vi } from 'vitest';
import { RequestParser } from '../../src/server/request-parser.js';

afterEach(() => vi.restoreAllMocks());

const parser = (): RequestParser =>
  new RequestParser({
    argumentBytes: () => 2 ** 20,
    requestBytes: 2 ** 20,
    unauthenticated: () => false,
  });

test('what comes while nobody asks is joined once', () => {
  const joined = vi.spyOn(Buffer, 'concat');
  const blocked = parser();
  for (let i = 0; i < 1000; i++) blocked.feed(Buffer.from(`*2\r\n$3\r\nGET\r\n$4\r\n${1000 + i}\r\n`));
  expect(blocked.heldBytes).toBe(1000 * 23);
  for (let i = 0; i < 1000; i++) expect(blocked.next()).toEqual(['GET', String(1000 + i)]);
  expect(blocked.next()).toBeUndefined();
  expect(joined).toHaveBeenCalledTimes(1);
});

test('what has come is read before more is joined to it', () => {
  const joined = vi.spyOn(Buffer, 'concat');
  const blocked = parser();
  blocked.feed(Buffer.from('PING\r\n'.repeat(1000)));
  for (let i = 0; i < 1000; i++) {
    expect(blocked.next()).toEqual(['PING']);
    blocked.feed(Buffer.from('PI'));
    blocked.feed(Buffer.from('NG\r\n'));
  }
  for (let i = 0; i < 1000; i++) expect(blocked.next()).toEqual(['PING']);
  expect(blocked.next()).toBeUndefined();
  expect(joined).toHaveBeenCalledTimes(1);
});

test('a long argument is joined when it is there', () => {
  const joined = vi.spyOn(Buffer, 'concat');
  const reading = parser();
  const asked = [];
  for (const chunk of ['*2\r\n$4\r\nECHO\r\n$10000\r\n', ...Array(100).fill('x'.repeat(100)), '\r\n']) {
    reading.feed(Buffer.from(chunk));
    asked.push(reading.next());
  }
  expect(asked.filter((args) => args !== undefined)).toEqual([['ECHO', 'x'.repeat(10_000)]]);
  expect(joined.mock.calls.length).toBeLessThanOrEqual(1);
});
