import { type Command, defineScript, nullableStringReply, okReply, rawReply } from '@penknife/core';
import type { RawCall } from './raw-clients.js';

const keys = Array.from({ length: 1000 }, (_, i) => `bench:${i}`);
const keyOf = (turn: number): string => keys[turn % 1000] ?? '';
const hundredBytes = 'x'.repeat(100);
const readGet = nullableStringReply('GET');
const readSet = okReply('SET');

/** GET of one of a thousand keys. */
export const get: RawCall = {
  command(turn): Command<string | null> {
    const key = keyOf(turn);
    return { args: ['GET', key], key, read: readGet };
  },
  args: (turn) => ['GET', keyOf(turn)],
};

/** SET of 100 bytes to one of a thousand keys. */
export const set: RawCall = {
  command(turn): Command<void> {
    const key = keyOf(turn);
    return { args: ['SET', key, hundredBytes], key, read: readSet };
  },
  args: (turn) => ['SET', keyOf(turn), hundredBytes],
};

const script = defineScript({
  name: 'bench/increment',
  lua: "return redis.call('INCRBY', KEYS[1], ARGV[1])",
  keys: 1,
  args: 1,
  read: rawReply,
});

/** A script of one command. The first call of each contestant may meet NOSCRIPT; the warm-up takes it. */
export const evalsha: RawCall = {
  command: (turn) => script([keyOf(turn)], ['1']),
  args: (turn) => ['EVALSHA', script.sha1, '1', keyOf(turn), '1'],
};

/** Loads the script for contestants who do not do it by themselves. */
export const loadScript: string[] = ['SCRIPT', 'LOAD', script.lua];
