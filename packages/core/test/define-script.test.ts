import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { defineScript, fragments, integerReply } from '../src/index.js';

const script = defineScript({
  name: 'shop/take',
  lua: 'return nowMs()',
  fragments: [fragments.nowMs],
  keys: 1,
  args: 2,
  repeatable: true,
  read: integerReply('shop/take'),
});

describe('defineScript', () => {
  it('gives a command: EVALSHA of the composed text, routed by its first key', () => {
    const command = script(['stock:{1}'], [5, 'x']);
    expect(script.lua).toBe(`${fragments.nowMs}\nreturn nowMs()`);
    expect(script.sha1).toBe(createHash('sha1').update(script.lua).digest('hex'));
    expect(command.args).toEqual(['EVALSHA', script.sha1, '1', 'stock:{1}', 5, 'x']);
    expect(command).toMatchObject({ key: 'stock:{1}', repeatable: true, script: { name: 'shop/take' } });
  });

  it('refuses a wrong number of keys or arguments by the script’s name', () => {
    expect(() => script([] as never, [1, 2])).toThrow('keys of script shop/take must be 1');
    expect(() => script(['k'], [1] as never)).toThrow('arguments of script shop/take must be 2');
  });

  it('reads with the given reader', () => {
    expect(script(['k'], [1, 2]).read(7)).toBe(7);
    expect(() => script(['k'], [1, 2]).read('7')).toThrow(
      'shop/take answered a string where an integer was expected',
    );
  });
});
