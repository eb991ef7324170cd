import {
  type Command,
  defineScript,
  fragments,
  integerReply,
  nullableStringReply,
  type ScriptCall,
} from '@penknife/core';
import { fieldsReply } from '../answer.js';
import addLua from '../scripts/references-add.lua';
import countLua from '../scripts/value-count.lua';
import dropLua from '../scripts/value-drop.lua';
import setLua from '../scripts/value-set.lua';
import takeLua from '../scripts/value-take.lua';

/** Twice is once. */
export const setValue: ScriptCall<number, 1, 2> = defineScript({
  name: 'session/value-set',
  lua: setLua,
  keys: 1,
  args: 2,
  repeatable: true,
  read: integerReply('session/value-set'),
});

/** Not repeatable: the second run would answer nothing. */
export const takeValue: ScriptCall<string | null, 1, 2> = defineScript({
  name: 'session/value-take',
  lua: takeLua,
  keys: 1,
  args: 2,
  read: nullableStringReply('session/value-take'),
});

/** Twice is once: the second run finds nothing to remove. */
export const dropValue: ScriptCall<string | null, 1, 1> = defineScript({
  name: 'session/value-drop',
  lua: dropLua,
  keys: 1,
  args: 1,
  repeatable: true,
  read: nullableStringReply('session/value-drop'),
});

/** Not repeatable: it would count twice. */
export const countValue: ScriptCall<number, 1, 1> = defineScript({
  name: 'session/value-count',
  lua: countLua,
  keys: 1,
  args: 1,
  read: integerReply('session/value-count'),
});

/** Twice is once. */
export const addReferences: ScriptCall<number, 1, number> = defineScript({
  name: 'session/references-add',
  lua: addLua,
  fragments: [fragments.nowMs],
  keys: 1,
  args: 'any' as number | 'any',
  repeatable: true,
  read: integerReply('session/references-add'),
});

/** Reads a value. */
export function getValue(key: string): Command<string | null> {
  return { args: ['GET', key], key, repeatable: true, read: nullableStringReply('GET') };
}

/** Reads a list of references. */
export function getReferences(key: string): Command<ReadonlyMap<string, string>> {
  return {
    args: ['HGETALL', key],
    key,
    repeatable: true,
    read: fieldsReply('HGETALL'),
  };
}
