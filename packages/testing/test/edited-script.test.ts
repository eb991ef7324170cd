import { defineScript, rawReply } from '@penknife/core';
import { expect, it } from 'vitest';
import { editedScript, plantedBug } from '../src/index.js';

const add = defineScript({
  name: 'shop/add',
  lua: 'return KEYS[1] + ARGV[1]',
  keys: 1,
  args: 1,
  read: rawReply,
});
/** The same command as its author would have made it. */
const written = (lua: string) =>
  defineScript({ name: 'shop/add', lua, keys: 1, args: 1, read: rawReply })(['3'], [4]);

it('an edited script is the command that its text would have made; what is not edited stays the same', () => {
  const edited = editedScript(add(['3'], [4]), (lua) => `${lua} * 2`);
  const expected = written('return KEYS[1] + ARGV[1] * 2');
  expect(edited.args).toEqual(expected.args);
  expect(edited.script?.lua).toBe(expected.script?.lua);
  expect(edited.script?.sha1).toBe(expected.script?.sha1);
  const same = add(['3'], [4]);
  expect(editedScript(same, (lua) => lua)).toBe(same);
  const plain = { args: ['PING'], read: rawReply } as const;
  expect(editedScript(plain, () => 'return 1')).toBe(plain);
});

it('a bug is planted into its script alone, and where its text is not, that is said', () => {
  const bug = plantedBug({ script: 'shop/add', right: ' + ', wrong: ' - $& ' });
  expect(bug(add(['3'], [4])).args).toEqual(written('return KEYS[1] - $& ARGV[1]').args);
  const other = defineScript({ name: 'shop/other', lua: 'return 1 + 1', keys: 0, args: 0, read: rawReply });
  const command = other([], []);
  expect(bug(command)).toBe(command);
  const misplaced = plantedBug({ script: 'shop/add', right: 'GET', wrong: '' });
  expect(() => misplaced(add(['3'], [4]))).toThrow('shop/add does not hold: GET');
});
