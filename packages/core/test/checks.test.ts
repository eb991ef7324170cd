import { describe, expect, it } from 'vitest';
import { checkName, checkText } from '../src/index.js';

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
});
