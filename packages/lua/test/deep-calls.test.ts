import { describe, expect, test } from 'vitest';
import { createLuaEngine } from '../src/index.js';

/** What a command takes of the stack: 56 KB. */
const command: readonly undefined[] = new Array(7000).fill(undefined);
const take = (): void => undefined;

const numbers = (count: number): string => Array.from({ length: count }, (_, i) => i).join(', ');

const variables = (count: number): string =>
  Array.from({ length: count }, (_, i) => `local v${i} = n + ${i}`).join('\n');

/** Bodies that call a command on their way to the end of the stack, by what each of their calls takes of it. */
const dives: Readonly<Record<string, string>> = {
  little: "local function f(n) redis.call('A') return 1 + f(n + 1) end f(1)",
  'many variables': `local function f(n) ${variables(180)} redis.call('A') return v179 + f(n + 1) end f(1)`,
  'nested statements': `local function f(n)
    if n > 0 then for i = 1, 2 do while true do repeat redis.call('A') n = 1 + (2 + (3 * f(n + 1))) until true end end end
    return n
  end f(1)`,
  'many values': `local t = {} for i = 1, 300 do t[i] = i end
    local function f(...) redis.call('A') return 1 + f(...) end f(unpack(t))`,
  'as many values as may be': `local t = {} for i = 1, 7900 do t[i] = i end
    local function f(...) redis.call('A') return 1 + f(...) end f(unpack(t))`,
  'values that nobody takes': `local t = {} for i = 1, 1000 do t[i] = i end
    local function f(n) redis.call('A') return 1 + f(unpack(t)) end f(1)`,
  'a call with many arguments': `local t = {} for i = 1, 300 do t[i] = i end
    local function f(n) redis.call('A', unpack(t)) return 1 + f(n + 1) end f(1)`,
  'many short arguments': `local function f(n) redis.call('A') return 1 + f(n + 1${', 1'.repeat(200)}) end f(1)`,
  'values that a function gives': `local function g() return ${numbers(900)} end
    local function f(n) redis.call('A') return 1 + f(g()) end f(1)`,
  'bytes of a string': `local s = string.rep('x', 7900)
    local function f(n) redis.call('A') return 1 + f(string.byte(s, 1, -1)) end f(1)`,
  'fields of a struct': `local s = string.rep('x', 2000) local format = string.rep('b', 2000)
    local function f(n) redis.call('A') return 1 + f(struct.unpack(format, s)) end f(1)`,
  'values of MessagePack': `local s = string.rep(cmsgpack.pack(1), 2000)
    local function f(n) redis.call('A') return 1 + f(cmsgpack.unpack(s)) end f(1)`,
  pcall: "local function f(n) redis.call('A') local _, m = pcall(f, n + 1) error(m) end f(1)",
  'pcall of pcall': `redis.call('A') local t = {} for i = 1, tonumber(ARGV[1]) + 400 do t[i] = pcall end
    t[#t + 1] = redis.call t[#t + 1] = 'A' pcall(unpack(t)) error('stack overflow')`,
  'table.sort': `local function f(a, b) redis.call('A') table.sort({ 2, 1 }, f) return false end f()`,
  gsub: `local function f(s) redis.call('A') string.gsub('x', 'x', f) return s end f()`,
  metamethods: `local t = {} setmetatable(t, { __index = function(t, k) redis.call('A') return 1 + t[k + 1] end }) local _ = t[1]`,
};

describe.each(['generate', 'interpret'] as const)(
  'a script that calls itself until the stack ends, %s',
  (mode) => {
    test.each(Object.entries(dives))('has room for each command it calls: %s', (_what, body) => {
      const engine = createLuaEngine({ mode });
      // So that another frame is the last that fits.
      const script = engine.compile(
        `local function lead(n) if n > 0 then return 1 + lead(n - 1) end ${body} end return lead(tonumber(ARGV[1]))`,
      );
      let [commands, halves] = [0, 0];
      const call = (): number => {
        commands++;
        try {
          take.apply(undefined, command as []);
        } catch (error) {
          halves++;
          throw error;
        }
        return 1;
      };
      for (let lead = 0; lead < 60; lead += 7) {
        const reply = script.run({ call }, [], [String(lead)]);
        expect(reply).toMatchObject({ err: expect.stringContaining('stack overflow') });
      }
      expect(commands).toBeGreaterThan(8);
      expect(halves).toBe(0);
    });
  },
);
