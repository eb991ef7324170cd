import { defineScript, nullableStringReply, okReply, rawReply } from '@penknife/core';
import type { RawCall } from './raw-clients.js';

const keyOf = (turn: number): string => `bench:${turn % 1000}`;

/** GET of one of a thousand keys. */
export const get: RawCall = {
  command: (turn) => ({ args: ['GET', keyOf(turn)], key: keyOf(turn), read: nullableStringReply('GET') }),
  args: (turn) => ['GET', keyOf(turn)],
};

/** SET of 100 bytes to one of a thousand keys. */
export const set: RawCall = {
  command: (turn) => ({ args: ['SET', keyOf(turn), hundredBytes], key: keyOf(turn), read: okReply('SET') }),
  args: (turn) => ['SET', keyOf(turn), hundredBytes],
};

const hundredBytes = 'x'.repeat(100);
const script = defineScript({
  name: 'bench/increment',
  lua: "return redis.call('INCRBY', KEYS[1], ARGV[1])",
  keys: 1,
  args: 1,
  read: rawReply,
});

/** A script of one command. The first call of each contestant may meet NOSCRIPT; the warm-up takes it. */
export const evalsha: RawCall = {
  command: (turn) => script([keyOf(turn % 100)], [1]),
  args: (turn) => ['EVALSHA', script.sha1, '1', keyOf(turn % 100), '1'],
};

/** Loads the script for contestants who do not do it by themselves. */
export const loadScript: string[] = ['SCRIPT', 'LOAD', script.lua];
