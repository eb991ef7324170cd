import { ConnectionError, ServerError } from '@penknife/core';
import { describe, expect, it } from 'vitest';
import { translateError } from '../src/translate-error.js';
import { majors } from './majors.js';

const system = (syscall: string, code: string): Error =>
  Object.assign(new Error(`${syscall} ${code}`), { syscall, code });

describe.each(majors)('what becomes of an error of redis $major', ({ redis }) => {
  it.each([
    ['ClientClosedError', new redis.ClientClosedError(), 'no'],
    ['ClientOfflineError', new redis.ClientOfflineError(), 'no'],
    ['ConnectionTimeoutError', new redis.ConnectionTimeoutError(), 'no'],
    ['RootNodesUnavailableError', new redis.RootNodesUnavailableError(), 'no'],
    ['a refused connection', system('connect', 'ECONNREFUSED'), 'no'],
    ['an unknown host', system('getaddrinfo', 'ENOTFOUND'), 'no'],
    ['both addresses refused', new AggregateError([system('connect', 'ECONNREFUSED')], ''), 'no'],
    ['SocketClosedUnexpectedlyError', new redis.SocketClosedUnexpectedlyError(), 'maybe'],
    ['DisconnectsClientError', new redis.DisconnectsClientError(), 'maybe'],
    ['AbortError', new redis.AbortError(), 'maybe'],
    ['a reset connection', system('read', 'ECONNRESET'), 'maybe'],
    ['a broken pipe', system('write', 'EPIPE'), 'maybe'],
    ['something thrown', 'text', 'maybe'],
  ] as const)('%s', (_name, error, sent) => {
    const translated = translateError(error);
    expect(translated).toBeInstanceOf(ConnectionError);
    expect(translated).toMatchObject({ sent, cause: error });
  });

  it('an answer of the server keeps its code', () => {
    const translated = translateError(new redis.SimpleError('WRONGTYPE Operation against a key'));
    expect(translated).toBeInstanceOf(ServerError);
    expect(translated.code).toBe('WRONGTYPE');
    expect(translateError(new redis.SimpleError('my own error')).code).toBe('ERR');
  });

  it('an answer of the server is known when a build has shortened the class names', () => {
    const a = class extends Error {};
    expect(translateError(new a('NOSCRIPT No matching script')).code).toBe('NOSCRIPT');
  });

  it('leaves our own errors alone', () => {
    const own = new ServerError('ERR x');
    expect(translateError(own)).toBe(own);
  });
});
