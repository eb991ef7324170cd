import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Words } from './support/program.js';
import type { Sides } from './support/run-property.js';
import { ask, type Tampering } from './support/side.js';
import { haveReference, openMemory, openReference } from './support/sides.js';

const library = `#!lua name=first
local calls = 0
local function count(keys, args) calls = calls + 1 return {calls, #keys, #args, redis.call('INCR', keys[1])} end
redis.register_function('count', count)
redis.register_function{function_name='peek', callback=function(keys) return redis.call('GET', keys[1]) end, flags={'no-writes'}, description='reads'}
redis.register_function{function_name='sneak', callback=function(keys) return redis.call('INCR', keys[1]) end, flags={'no-writes'}}
redis.register_function('fails', function() return redis.error_reply('MINE own text') end)
redis.register_function('raises', function() error('oh') end)
redis.register_function('leaks', function() leaked = 1 end)`;
const other = "#!lua name=second\nredis.register_function('count', function() return 1 end)";
const third = "#!lua name=third\nredis.register_function('other', function(keys, args) return args end)";

/** In order, on both sides. */
const calls: readonly Words[] = [
  ['FUNCTION', 'FLUSH'],
  ['FUNCTION', 'LOAD', library],
  ['FUNCTION', 'LOAD', library],
  ['FUNCTION', 'LOAD', 'REPLACE', library],
  ['FUNCTION', 'LOAD', 'X', library],
  ['FUNCTION', 'LOAD', other],
  ['FUNCTION', 'LOAD', third],
  ['FUNCTION', 'LOAD', 'return 1'],
  ['FUNCTION', 'LOAD', '#!lua name=a-b\nreturn 1'],
  ['FUNCTION', 'LOAD', '#!lua name=none\nreturn 1'],
  ['FUNCTION', 'LOAD', '#!lua name=bad\nreturn ('],
  ['FUNCTION', 'LOAD', "#!lua name=calls\nredis.call('PING')"],
  ['FUNCTION', 'LOAD', '#!lua name=global\nx = 1'],
  ['FUNCTION', 'LOAD', '#!lua name=loops\nwhile true do end'],
  ['FUNCTION', 'LOAD', '#!js name=x\nreturn 1'],
  ['FUNCTION', 'LIST', 'LIBRARYNAME', 'third', 'WITHCODE'],
  ['FUNCTION', 'LIST', 'LIBRARYNAME'],
  ['FUNCTION', 'LIST', 'X'],
  ['FUNCTION', 'STATS'],
  ['FUNCTION', 'KILL'],
  ['FCALL', 'count', '1', 'k', 'a', 'b'],
  ['FCALL', 'count', '1', 'k'],
  ['FCALL', 'peek', '1', 'k'],
  ['FCALL_RO', 'peek', '1', 'k'],
  ['FCALL_RO', 'count', '1', 'k'],
  ['FCALL', 'sneak', '1', 'k'],
  ['FCALL', 'fails', '0'],
  ['FCALL', 'raises', '0'],
  ['FCALL', 'leaks', '0'],
  ['FCALL', 'nothing', '0'],
  ['FCALL', 'count', 'x'],
  ['FCALL', 'count', '2', 'k'],
  ['FCALL', 'count', '-1'],
  ['FUNCTION', 'DELETE', 'nothing'],
  ['FUNCTION', 'DELETE', 'third'],
  ['FCALL', 'other', '0', 'a'],
  ['FUNCTION', 'FLUSH', 'X'],
  ['FUNCTION', 'RESTORE', 'x'],
  ['EVAL_RO', "#!lua\nreturn redis.call('GET', KEYS[1])", '1', 'k'],
  ['EVAL_RO', "#!lua flags=no-writes\nreturn redis.call('GET', KEYS[1])", '1', 'k'],
];

describe.skipIf(!haveReference)('functions as on Redis 7.0', () => {
  let sides: Sides;
  beforeAll(async () => {
    sides = { reference: await openReference(), memory: await openMemory() };
  });
  afterAll(async () => {
    await Promise.all([sides.reference.close(), sides.memory.close()]);
  });

  /** The calls that are answered differently; on memory with a bug, if one is planted. */
  async function differences(planted?: Tampering): Promise<readonly unknown[]> {
    const found: unknown[] = [];
    for (const words of calls) {
      const [expected, given] = await Promise.all([
        ask(sides.reference.lanes[0], words),
        ask(sides.memory.lanes[0], words, planted),
      ]);
      if (JSON.stringify(expected) !== JSON.stringify(given)) found.push({ words, expected, given });
    }
    return found;
  }

  it('one call after another', { timeout: 30_000 }, async () => {
    expect(await differences()).toEqual([]);
  });

  it('planted bug: an engine that does not heed no-writes is found', { timeout: 30_000 }, async () => {
    const deaf: Tampering = {
      words: ([name, ...rest]) => [
        name,
        ...rest.map((word) => word.replaceAll("flags={'no-writes'}", 'flags={}')),
      ],
    };
    expect((await differences(deaf)).length).toBeGreaterThan(0);
  });

  it('libraries travel both ways, with every policy', async () => {
    const [redis, memory] = [sides.reference.lanes[0], sides.memory.lanes[0]];
    for (const [from, to] of [
      [redis, memory],
      [memory, redis],
    ] as const) {
      await Promise.all([ask(from, ['FUNCTION', 'FLUSH']), ask(to, ['FUNCTION', 'FLUSH'])]);
      await ask(from, ['FUNCTION', 'LOAD', library]);
      const payload = (await ask(from, ['FUNCTION', 'DUMP'])) as string;
      expect(await ask(to, ['FUNCTION', 'RESTORE', payload])).toEqual({ ok: 'OK' });
      expect(await ask(to, ['FCALL', 'count', '1', 'n'])).toEqual([1, 1, 0, expect.any(Number)]);
      expect(await ask(to, ['FUNCTION', 'RESTORE', payload])).toEqual({
        error: 'ERR Library first already exists',
      });
      for (const policy of ['REPLACE', 'FLUSH']) {
        expect(await ask(to, ['FUNCTION', 'RESTORE', payload, policy])).toEqual({ ok: 'OK' });
      }
      expect(await ask(to, ['FUNCTION', 'RESTORE', payload, 'X'])).toEqual({
        error: expect.stringContaining('Wrong restore policy'),
      });
    }
  });
});
