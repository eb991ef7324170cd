import { expect, test } from 'vitest';
import { RespReader, type RespValue } from '../src/kit/client/resp-reader.js';

const wire = Buffer.from(
  '*3\r\n$7\r\nmessage\r\n$2\r\nc\n\r\n$4\r\na\r\nb\r\n+OK\r\n-ERR no\r\n:-42\r\n$-1\r\n*-1\r\n*0\r\n*2\r\n*1\r\n:1\r\n$0\r\n\r\n',
  'latin1',
);
const values: RespValue[] = [
  [Buffer.from('message'), Buffer.from('c\n'), Buffer.from('a\r\nb')],
  Buffer.from('OK'),
  new Error('ERR no'),
  -42,
  null,
  null,
  [],
  [[1], Buffer.from('')],
];

function readInPieces(bytes: Buffer, size: number): RespValue[] {
  const reader = new RespReader();
  const read: RespValue[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    reader.read(bytes.subarray(at, at + size), (value) => read.push(value));
  }
  return read;
}

test.each([1, 2, 3, 7, 16, 1000])('in pieces of %i bytes', (size) => {
  expect(readInPieces(wire, size)).toEqual(values);
});

test('a long value comes whole, and what follows it too', () => {
  const long = Buffer.alloc(1_000_000, 'x');
  const bytes = Buffer.concat([Buffer.from(`$${long.length}\r\n`), long, Buffer.from('\r\n:7\r\n')]);
  const [first, second, ...others] = readInPieces(bytes, 1024);
  // Compared by hand: a deep comparison of a million bytes takes seconds.
  expect(Buffer.isBuffer(first) && first.equals(long)).toBe(true);
  expect([second, ...others]).toEqual([7]);
});

test('what is not RESP2 is refused', () => {
  expect(() => readInPieces(Buffer.from('>2\r\n:1\r\n:2\r\n'), 100)).toThrow(/cannot start with byte 62/);
});
