import { ClosedError, ServerError } from '@penknife/core';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { connectError, translateError, withoutArguments } from '../src/translate-error.js';

/** As the client makes it: the class comes from a package of its own, only the name is sure. */
function replyError(message: string): Error {
  return Object.assign(new Error(message), {
    name: 'ReplyError',
    command: { name: 'set', args: ['secret'] },
  });
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

describe('translate', () => {
  test.each([
    ['WRONGTYPE Operation against a key', 'WRONGTYPE'],
    ['ERR no such thing', 'ERR'],
    ['NOSCRIPT No matching script', 'NOSCRIPT'],
    ['MOVED 12 127.0.0.1:7000', 'MOVED'],
    ['TRYAGAIN Multiple keys request', 'TRYAGAIN'],
  ])('%s: the server’s answer', (message, code) => {
    const error = translateError(replyError(message));
    expect(error).toBeInstanceOf(ServerError);
    expect(error).toMatchObject({ code, command: 'SET' });
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  test.each([
    named('MaxRetriesPerRequestError', 'Reached the max retries per request limit (which is 0).'),
    named('AbortError', 'Command aborted due to connection close'),
    new Error('Connection is closed.'),
    named('ParserError', 'Protocol error. Please report this.'),
    'a string',
  ])('%s: may have run', (raw) => {
    expect(translateError(raw)).toMatchObject({ kind: 'connection', sent: 'maybe' });
  });

  test('our own errors pass', () => {
    const closed = new ClosedError('driver');
    expect(translateError(closed)).toBe(closed);
    expect(connectError(closed)).toBe(closed);
  });
});

describe('connecting', () => {
  test('what failed before anything was sent was not sent', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(connectError(cause)).toMatchObject({ kind: 'connection', sent: 'no', cause });
  });

  test('an answer of the server stays one', () => {
    expect(connectError(replyError('NOAUTH Authentication required.'))).toMatchObject({ code: 'NOAUTH' });
  });
});

test('arguments of a command that was cut off are not carried on', () => {
  const raw = Object.assign(named('AbortError', 'aborted'), { command: { name: 'set', args: ['secret'] } });
  expect(withoutArguments(raw)).toMatchObject({ name: 'AbortError', message: 'aborted' });
  expect(withoutArguments(raw)).not.toHaveProperty('command');
});

test('the client’s own error for a reply has the name that is looked for', () => {
  const { ReplyError } = Redis as unknown as { ReplyError: new (message: string) => Error };
  expect(translateError(new ReplyError('BUSY a script runs'))).toMatchObject({ code: 'BUSY' });
});
