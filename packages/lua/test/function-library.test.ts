import { describe, expect, it } from 'vitest';
import { createLuaEngine, type LuaHost, LuaLibraryError } from '../src/index.js';

const host: LuaHost = { call: (args) => args.join(' ') };
const refused = (mode: 'generate' | 'interpret', source: string): string => {
  try {
    createLuaEngine({ mode }).loadLibrary(source);
  } catch (error) {
    if (error instanceof LuaLibraryError) return error.message;
    throw error;
  }
  return 'loaded';
};

/** Texts and the errors a real Redis 7.0.15 gives for them, without the leading ERR. */
const REFUSED: readonly (readonly [source: string, message: string])[] = [
  ['return 1', 'Missing library metadata'],
  ['#!lua\nreturn 1', 'Library name was not given'],
  ['#!lua name=a b\nreturn 1', 'Invalid metadata value given: b'],
  ['#!lua name=a\nreturn 1', 'No functions registered'],
  ['#!js name=a\nreturn 1', "Engine 'js' not found"],
  ['#!lua name=a name=b\nreturn 1', 'Invalid metadata value, name argument was given multiple times'],
  ['#!lua name=a\nreturn x x', "Error compiling function: user_function:2: '<eof>' expected near 'x'"],
  [
    "#!lua name=a\nredis.call('get', 'x')",
    "Error registering functions: ERR user_function:2: Script attempted to access nonexistent global variable 'call'",
  ],
  [
    '#!lua name=a\nlocal x = math.huge',
    "Error registering functions: ERR user_function:2: Script attempted to access nonexistent global variable 'math'",
  ],
  [
    '#!lua name=a\nredis.register_function()',
    'Error registering functions: ERR wrong number of arguments to redis.register_function',
  ],
  [
    "#!lua name=a\nredis.register_function('a', 2)",
    'Error registering functions: ERR second argument to redis.register_function must be a function',
  ],
  [
    "#!lua name=a\nredis.register_function('a', function() end) redis.register_function('a', function() end)",
    'Error registering functions: ERR Function already exists in the library',
  ],
  [
    "#!lua name=a\nredis.register_function{function_name='a'}",
    'Error registering functions: ERR redis.register_function must get a callback argument',
  ],
  [
    "#!lua name=a\nredis.register_function{function_name='a', callback=function() end, flags={'bogus'}}",
    'Error registering functions: ERR unknown flag given',
  ],
  [
    "#!lua name=a\nredis.register_function{function_name='a', callback=function() end, foo=1}",
    'Error registering functions: ERR unknown argument given to redis.register_function',
  ],
  [
    '#!lua name=a\nx = 1',
    'Error registering functions: ERR user_function:2: Attempt to modify a readonly table',
  ],
];

describe.each(['generate', 'interpret'] as const)('a function library, mode %s', (mode) => {
  const load = (body: string) => createLuaEngine({ mode }).loadLibrary(`#!lua name=lib\n${body}`);

  it('registers functions with their flags and runs them with keys and arguments', () => {
    const library = load(
      "local count = 0 redis.register_function('f', function(keys, argv) count = count + 1 " +
        "return {keys[1], argv[1], redis.call('ECHO', 'x'), count} end) " +
        "redis.register_function{function_name='g', callback=function() return 1 end, flags={'no-writes'}, description='d'}",
    );
    expect(library.name).toBe('lib');
    const [f, g] = library.functions;
    expect(f!.run(host, ['k'], ['a'])).toEqual(['k', 'a', 'ECHO x', 1]);
    expect(f!.run(host, ['k'], ['a'])).toEqual(['k', 'a', 'ECHO x', 2]);
    expect([g!.name, g!.flags, g!.description]).toEqual(['g', ['no-writes'], 'd']);
  });

  it('names the function and its line in errors', () => {
    const [failing, registering, keys] = load(
      "redis.register_function('f', function() error('x') end)\n" +
        "redis.register_function('r', function() redis.register_function('z', function() end) end)\n" +
        "redis.register_function('k', function() return KEYS[1] end)",
    ).functions;
    expect(failing!.run(host, [], [])).toEqual({
      err: 'ERR user_function:2: x script: f, on @user_function:2.',
    });
    expect(registering!.run(host, [], [])).toEqual({
      err: "ERR user_function:3: attempt to call field 'register_function' (a nil value) script: r, on @user_function:3.",
    });
    expect(keys!.run(host, [], [])).toEqual({
      err: "ERR user_function:4: Script attempted to access nonexistent global variable 'KEYS' script: k, on @user_function:4.",
    });
  });

  it.each(REFUSED)('refuses %j as a server does', (source, message) => {
    expect(refused(mode, source)).toBe(message);
  });
});
