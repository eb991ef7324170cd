import { expect, test } from 'vitest';
import { createLuaEngine } from '../src/index.js';

/** What Redis 7.0.15 answered: a zero byte ends C's texts, and is found at the end of every set that is searched for a byte. */
const recorded: readonly (readonly [script: string, outcome: unknown])[] = [
  ['return \0', 'user_script:1: unexpected symbol'],
  ['x \0 y', "user_script:1: '=' expected"],
  ['return 1 \0', "user_script:1: '<eof>' expected"],
  ['return "a\0b" x', "user_script:1: '<eof>' expected near 'x'"],
  ['x.\0=1', "user_script:1: '=' expected near '..'"],
  ['goto\0', "user_script:1: '=' expected"],
  ['return 12\0', 12],
  ['return 12\0+5', 12],
  ['return 1\0x', 1],
  ['return 1\0-2', 1],
  ['return 1 .\0 2', '12'],
  ['return .\0.', null],
];

test.each(['generate', 'interpret'] as const)('zero bytes in the text of a script (%s)', (mode) => {
  const engine = createLuaEngine({ mode });
  for (const [script, outcome] of recorded) {
    let given: unknown;
    try {
      given = engine.compile(script).run({ call: () => null }, [], []);
    } catch (error) {
      given = (error as Error).message;
    }
    expect(given, JSON.stringify(script)).toEqual(outcome);
  }
});
