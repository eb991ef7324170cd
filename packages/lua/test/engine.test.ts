import { describe, expect, it } from 'vitest';
import {
  createLuaEngine,
  type HostReply,
  type LuaHost,
  LuaShebangError,
  LuaSyntaxError,
  ScriptStopped,
  sha1Hex,
} from '../src/index.js';

const MODES = ['generate', 'interpret'] as const;

function recording(replies: readonly HostReply[]): LuaHost & { readonly calls: string[][] } {
  const calls: string[][] = [];
  return {
    calls,
    call(args) {
      calls.push([...args]);
      return replies[calls.length - 1] ?? null;
    },
  };
}

describe.each(MODES)('a compiled script, mode %s', (mode) => {
  const engine = createLuaEngine({ mode });
  const run = (source: string, host: LuaHost = recording([]), keys: string[] = [], argv: string[] = []) =>
    engine.compile(source).run(host, keys, argv);

  it('hands commands to the host as texts, and its replies to the script', () => {
    const host = recording(['bulk', 7, null, { ok: 'FINE' }, ['a', [1, null]], 12345678901234567890n]);
    const source =
      "local a, b, c, d, e, f = redis.call('A', KEYS[1], 1.5), redis.call('B', ARGV[1]), redis.call('C')," +
      " redis.call('D'), redis.call('E', 1e15), redis.call('F') return {a, b, c, d, e, tostring(f)}";
    expect(run(source, host, ['key'], ['\xff'])).toEqual([
      ...['bulk', 7, null, { ok: 'FINE' }],
      ['a', [1, null]],
      '1.2345678901235e+19',
    ]);
    expect(host.calls).toEqual([
      ['A', 'key', '1.5'],
      ['B', '\xff'],
      ['C'],
      ['D'],
      ['E', '1000000000000000'],
      ['F'],
    ]);
  });

  it('turns an error reply of a command into a Lua error, or a value under pcall', () => {
    const wrongType: HostReply = { err: 'WRONGTYPE Operation against a key' };
    expect(run("redis.call('X') return 1", recording([wrongType]))).toEqual({
      err: `WRONGTYPE Operation against a key script: ${sha1Hex("redis.call('X') return 1")}, on @user_script:1.`,
    });
    expect(run("return redis.pcall('X')", recording([wrongType]))).toEqual(wrongType);
    expect(run("return {pcall(redis.call, 'X')}", recording([wrongType]))).toEqual([null, wrongType.err]);
  });

  it('can be run again: nothing of one run is seen by the next', () => {
    const script = engine.compile('local t = KEYS t.n = (t.n or 0) + 1 return {t.n, #KEYS, #ARGV}');
    expect(script.run(recording([]), ['a', 'b'], [])).toEqual([1, 2, 0]);
    expect(script.run(recording([]), [], ['x'])).toEqual([1, 0, 1]);
  });

  it('asks the host when the step budget is used up, in loops and in calls', () => {
    let asked = 0;
    const host: LuaHost = { call: () => null, onSteps: () => void asked++ };
    const loop = engine.compile('for i = 1, 1000 do end return 1');
    expect(loop.run(host, [], [], { steps: 100 })).toBe(1);
    expect(asked).toBe(9);
    asked = 0;
    const calls = engine.compile('local function f(n) if n > 0 then f(n - 1) end end f(500) return 1');
    expect(calls.run(host, [], [], { steps: 100 })).toBe(1);
    expect(asked).toBe(4);
  });

  it('lets ScriptStopped through pcall, and stays usable afterwards', () => {
    const stop: LuaHost = {
      call: () => null,
      onSteps: () => {
        throw new ScriptStopped('killed');
      },
    };
    const endless = engine.compile('while true do pcall(function() while true do end end) end');
    expect(() => endless.run(stop, [], [], { steps: 1000 })).toThrow(ScriptStopped);
    expect(run('return 5')).toBe(5);
  });

  it('has no way from a script to JavaScript', () => {
    const names = [
      '__proto__',
      'constructor',
      'prototype',
      'length',
      'get',
      'toString',
      'valueOf',
      'hasOwnProperty',
    ];
    for (const name of names) {
      expect(run(`local t = {} return t[${JSON.stringify(name)}] == nil`)).toBe(1);
      expect(run(`return ("x")[${JSON.stringify(name)}] == nil`)).toBe(1);
      expect(
        run(`local t = {} t[${JSON.stringify(name)}] = 1 return {#t, t[${JSON.stringify(name)}]}`),
      ).toEqual([0, 1]);
      expect(run(`return (function() end)[${JSON.stringify(name)}]`)).toMatchObject({
        err: expect.stringContaining('attempt to index a function value'),
      });
    }
    expect(run('return process')).toMatchObject({ err: expect.stringContaining("variable 'process'") });
  });

  it('runs out of stack as a Lua error that pcall catches', () => {
    const source = 'local function f() return 1 + f() end local ok, e = pcall(f) return {ok, e}';
    expect(run(source)).toEqual([null, 'user_script:1: stack overflow']);
    expect(run('local s = "x" for i = 1, 40 do s = s .. s end')).toMatchObject({
      err: expect.stringContaining('not enough memory'),
    });
  });

  it('refuses coroutines with a Lua error', () => {
    expect(run('return coroutine.create(function() end)')).toMatchObject({
      err: expect.stringContaining('coroutines are not supported'),
    });
  });

  it('draws random numbers like a server just started', () => {
    const fresh = createLuaEngine({ mode });
    const script = fresh.compile('return math.random(1000)');
    expect([1, 2].map(() => script.run(recording([]), [], []))).toEqual([397, 841]);
  });
});

describe('an engine', () => {
  it('names a script by the SHA-1 of its whole text and reads its flags', () => {
    const source = '#!lua flags=no-writes,allow-stale\nreturn 1';
    const script = createLuaEngine().compile(source);
    expect(script.flags).toEqual(['no-writes', 'allow-stale']);
    expect(script.sha1).toBe(sha1Hex(source));
    expect(sha1Hex('return 1')).toBe('e0e1f9fabfc9d4800c877a703b823ac0578ff8db');
    expect(createLuaEngine().compile('return 1').flags).toBeUndefined();
  });

  it('throws typed errors for texts it cannot compile', () => {
    const engine = createLuaEngine();
    expect(() => engine.compile('return 1 +')).toThrow(LuaSyntaxError);
    expect(() => engine.compile('#!lua flags=what\nreturn 1')).toThrow(LuaShebangError);
    expect(() => createLuaEngine({ server: { version: '8' } })).toThrow(TypeError);
  });

  it('prints fractions for commands as the chosen server does', () => {
    const printed = (options: Parameters<typeof createLuaEngine>[0]): string[] => {
      const host = recording([]);
      createLuaEngine(options)
        .compile("redis.call('X', 0.1, 1e20, 1/3, -0, 1e-7, 12.5, 2^53, 1e300)")
        .run(host, [], []);
      return host.calls[0]!.slice(1);
    };
    expect(printed({})).toEqual([
      ...['0.10000000000000001', '1e+20', '0.33333333333333331', '-0', '9.9999999999999995e-08', '12.5'],
      ...['9007199254740992', '1.0000000000000001e+300'],
    ]);
    expect(printed({ server: { name: 'valkey', version: '9.1.2' } })).toEqual([
      ...['0.1', '1e+20', '0.3333333333333333', '0', '1e-7', '12.5', '9007199254740992', '1e+300'],
    ]);
  });

  it('adds the server table for valkey only', () => {
    const host = recording([]);
    const valkey = createLuaEngine({ server: { name: 'valkey', version: '9.1.2' } });
    expect(
      valkey
        .compile("return {server.SERVER_NAME, server.VALKEY_VERSION, server.call('X')}")
        .run(host, [], []),
    ).toEqual([...['valkey', '9.1.2', null]]);
    expect(createLuaEngine().compile('return server').run(host, [], [])).toMatchObject({
      err: expect.stringContaining("variable 'server'"),
    });
  });
});

describe('misuse is refused by name', () => {
  it.each([
    [() => createLuaEngine({ mode: 'x' as 'generate' }), "mode must be 'generate' or 'interpret', got \"x\""],
    [() => createLuaEngine({ server: { name: 'x' as 'redis' } }), "server.name must be 'redis' or 'valkey'"],
    [() => createLuaEngine({ server: { version: '7' } }), 'version must look like 7.0.15'],
    [() => createLuaEngine({ server: { numbers: 'x' as 'precise' } }), "server.numbers must be 'precise' or"],
    [() => createLuaEngine().compile("return '€'"), 'a source text must be a byte string'],
    [() => createLuaEngine().loadLibrary('#!lua name=€'), 'a source text must be a byte string'],
    [() => createLuaEngine().compile(5 as never), 'a source text must be a byte string'],
  ])('%s', (act, says) => {
    expect(act).toThrow(TypeError);
    expect(act).toThrow(says);
  });
});
