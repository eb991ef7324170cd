import { createHash } from 'node:crypto';
import { checkObject } from '../checks/check-call.js';
import type { Arg, Command, Reply } from '../contract/command.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import type { Script } from './script.js';

type Tuple<T, N extends number, Built extends T[] = []> = number extends N
  ? readonly T[]
  : Built['length'] extends N
    ? Readonly<Built>
    : Tuple<T, N, [...Built, T]>;

/** A key of a script call. */
export type ScriptKey = string | Uint8Array;

/** What `defineScript` is told. Leave `keys` or `args` out of the literal types (`number`) for scripts with a variable count. */
export interface ScriptDefinition<T, K extends number, A extends number> {
  /** `<package>/<act>`, for traces and errors. */
  readonly name: string;
  /** Lua 5.1, constant text: input reaches a script as keys and arguments only. */
  readonly lua: string;
  /** Shared pieces of Lua put before the text, each a `local function …` (see `fragments`). */
  readonly fragments?: readonly string[];
  /** How many keys; every key the script touches is among them. `'any'`: checked by the caller. */
  readonly keys: K | 'any';
  /** How many arguments. `'any'`: checked by the caller. */
  readonly args: A | 'any';
  /** Harmless when run twice with the same arguments: the driver may then retry it after a lost connection. */
  readonly repeatable?: true;
  /** Bulk strings of the reply come as bytes. */
  readonly bytes?: true;
  read(reply: Reply): T;
}

/** A script that is called like a function; the call gives a `Command` to hand to `send`, `batch` or `transaction`. */
export interface ScriptCall<T, K extends number, A extends number> extends Script {
  (keys: Tuple<ScriptKey, K>, args: Tuple<Arg, A>): Command<T>;
}

/**
 * Makes a Lua script a typed command. The call sends EVALSHA and, when the server does not know the script, EVAL once;
 * inside a transaction always EVAL. Works alike on every driver, the memory driver included.
 *
 * ```ts
 * const addCapped = defineScript({
 *   name: 'shop/add-capped', keys: 1, args: 2, read: integerReply('shop/add-capped'),
 *   lua: `local now = tonumber(redis.call('GET', KEYS[1]) or '0')
 *         return redis.call('SET', KEYS[1], math.min(now + ARGV[1], ARGV[2])) and 1`,
 * });
 * await driver.send(addCapped(['stock:{42}'], [5, 100]));
 * ```
 */
export function defineScript<T, const K extends number, const A extends number>(
  definition: ScriptDefinition<T, K, A>,
): ScriptCall<T, K, A> {
  checkObject('definition', definition);
  if (typeof definition.lua !== 'string' || definition.lua.trim() === '')
    throw new InvalidArgumentError('lua', 'must be the text of a script', definition.lua);
  if (typeof definition.read !== 'function')
    throw new InvalidArgumentError('read', 'must be a function', definition.read);
  const { name, keys: keyCount, args: argCount, repeatable, bytes, read } = definition;
  const lua = [...(definition.fragments ?? []), definition.lua].join('\n');
  const sha1 = createHash('sha1').update(lua, 'utf8').digest('hex');
  const script: Script = { name, lua, sha1 };

  function call(keys: readonly ScriptKey[], args: readonly Arg[]): Command<T> {
    if (!Array.isArray(keys))
      throw new InvalidArgumentError(`keys of script ${name}`, 'must be an array', keys);
    if (!Array.isArray(args))
      throw new InvalidArgumentError(`arguments of script ${name}`, 'must be an array', args);
    if (keyCount !== 'any' && keys.length !== keyCount) {
      throw new InvalidArgumentError(`keys of script ${name}`, `must be ${keyCount}`, keys);
    }
    if (argCount !== 'any' && args.length !== argCount) {
      throw new InvalidArgumentError(`arguments of script ${name}`, `must be ${argCount}`, args);
    }
    // As text: arguments that are all text go through to the client as they are. Of the right size at once, and one plain object:
    // what grows by spreading costs twice as much.
    const made = new Array<Arg>(3 + keys.length + args.length);
    made[0] = 'EVALSHA';
    made[1] = sha1;
    made[2] = String(keys.length);
    for (let i = 0; i < keys.length; i++) made[3 + i] = keys[i] as ScriptKey;
    for (let i = 0; i < args.length; i++) made[3 + keys.length + i] = args[i] as Arg;
    return { args: made as [Uppercase<string>, ...Arg[]], key: keys[0], script, repeatable, bytes, read };
  }
  Object.defineProperty(call, 'name', { value: name });
  return Object.assign(call, { lua, sha1 }) as ScriptCall<T, K, A>;
}
