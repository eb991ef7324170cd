import { describe, expect, it } from 'vitest';
import {
  InvalidArgumentError,
  integerReply,
  isPenknifeError,
  isServerError,
  PenknifeError,
  pairsReply,
  ServerError,
} from '../src/index.js';

describe('errors', () => {
  it('are recognised across copies of the package by their marker', () => {
    expect(isPenknifeError(new PenknifeError('X', 'x'))).toBe(true);
    const foreign = Object.assign(new Error('x'), { [Symbol.for('penknife.error')]: true });
    expect(isPenknifeError(foreign)).toBe(true);
    for (const other of [new Error('x'), null, undefined, 'x', {}])
      expect(isPenknifeError(other)).toBe(false);
  });

  it('ServerError takes its code from the first word, or ERR', () => {
    expect(new ServerError('WRONGTYPE Operation against a key').code).toBe('WRONGTYPE');
    expect(new ServerError('NOSCRIPT').code).toBe('NOSCRIPT');
    expect(new ServerError('something else').code).toBe('ERR');
    expect(isServerError(new ServerError('MOVED 1 a:1'), 'MOVED')).toBe(true);
    expect(isServerError(new ServerError('MOVED 1 a:1'), 'ASK')).toBe(false);
  });

  it('ServerError says that a script or a function may have written before it failed', () => {
    for (const place of ['script: f, on @user_function:1.', 'script: aa, on @user_script:1.'])
      expect(new ServerError(`WRONGTYPE Operation against a key ${place}`).sent).toBe('maybe');
    expect(new ServerError('WRONGTYPE Operation against a key').sent).toBe('no');
  });

  it('InvalidArgumentError shortens what it quotes', () => {
    expect(new InvalidArgumentError('id', 'must be short', 'x'.repeat(99)).message).toBe(
      'id must be short; given: a string of 99 characters',
    );
  });

  it('InvalidArgumentError quotes what throws when it is looked at', () => {
    const fail = (): never => {
      throw new Error('not yours');
    };
    for (const given of [
      new Proxy({}, { get: fail }),
      new Proxy({}, { getPrototypeOf: fail }),
      {
        get constructor() {
          return fail();
        },
      },
    ])
      expect(new InvalidArgumentError('id', 'must be text', given).message).toBe(
        'id must be text; given: something that cannot be read',
      );
  });

  it('a reader that meets an error value throws that error', () => {
    const error = new ServerError('NOPERM no');
    expect(() => integerReply('X')(error)).toThrow(error);
    expect(() => pairsReply('X', (value) => value)(['a'])).toThrow('X answered an array of 1');
  });
});
