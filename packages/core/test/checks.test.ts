import { describe, expect, it } from 'vitest';
import { checkCall, checkName, checkObject, checkText } from '../src/index.js';

describe('names and texts', () => {
  it('a text is given back as it is, whatever script it is written in', () => {
    for (const text of ['a', 'x'.repeat(200), 'welcome:ann', '日本', '💌', 'ha {1}', '\n'])
      expect(checkText('id', text)).toBe(text);
  });

  it('a text that is none, too long, broken or with a NUL is refused by its argument', () => {
    for (const text of ['', 'x'.repeat(201), 'a\0b', '\ud800', 'a\udc00', 7, undefined, null, ['a']])
      expect(() => checkText('id', text as string), String(text)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', argument: 'id' }),
      );
  });

  it('a name is letters, digits and three signs', () => {
    for (const name of ['a', 'arena-receipts', 'v1.2_b', 'x'.repeat(64)])
      expect(checkName('name', name)).toBe(name);
    for (const name of ['', 'a:b', 'a b', '{a}', 'ä', 'a@1', 'x'.repeat(65), 7, undefined])
      expect(() => checkName('name', name as string), String(name)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', argument: 'name' }),
      );
  });

  it('what a call may say is nothing, or an object with an AbortSignal and a deadline', () => {
    const { signal } = new AbortController();
    for (const call of [undefined, {}, { signal }, { deadlineMs: 0.5 }, { signal: undefined, tags: ['t'] }])
      expect(() => checkCall(call)).not.toThrow();
    const wrong: readonly (readonly [call: unknown, argument: string])[] = [
      [null, 'options'],
      [7, 'options'],
      ['x', 'options'],
      [[], 'options'],
      [{ signal: null }, 'signal'],
      [{ signal: {} }, 'signal'],
      [{ deadlineMs: 0 }, 'deadlineMs'],
      [{ deadlineMs: Number.POSITIVE_INFINITY }, 'deadlineMs'],
      [{ deadlineMs: '5s' }, 'deadlineMs'],
    ];
    for (const [call, argument] of wrong)
      expect(() => checkCall(call), JSON.stringify(call)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', argument }),
      );
    expect(() => checkObject('policy', undefined)).toThrow('policy must be an object; given: undefined');
    expect(() => checkObject('policy', [{ limit: 1 }])).toThrow('policy must be an object');
  });
});
