import {
  type Command,
  checkObject,
  type Duration,
  defaultNamespace,
  defineScript,
  durationMs,
  InvalidArgumentError,
  type Reply,
  refuse,
  type ScriptCall,
  UnsupportedError,
} from '@penknife/core';
import { guardKey } from '../keys.js';
import fencedApplyLua from '../scripts/fenced-apply.lua';

/** What became of a guarded command. */
export type FencedOutcome<T> =
  | { readonly applied: true; readonly value: T }
  | { readonly applied: false; readonly newestFence: bigint };

/** How a guard is kept. */
export interface FencedOptions {
  /** First part of the guard's key. Default `'pk'`. */
  readonly namespace?: string;
  /** How long the newest fence is remembered after the last guarded write: longer than any holder may sleep. Default 7 days. */
  readonly remember?: Duration;
}

const script: ScriptCall<Reply, 2, number> = defineScript({
  name: 'locks/fenced-apply',
  lua: fencedApplyLua,
  keys: 2,
  args: 'any',
  read: (reply) => reply,
});

/**
 * Guards one command by a fence: in one atomic act it runs only if no newer fence has written this key before. Works on any
 * key of any slot, for every command that has `key` and touches no other; a script's call is refused.
 * A guarded command may run twice no sooner than the command itself may: it is never marked repeatable.
 */
export function fenced<T>(
  command: Command<T>,
  fence: bigint,
  options: FencedOptions = {},
): Command<FencedOutcome<T>> {
  checkObject('options', options);
  checkObject('command', command);
  const { namespace = defaultNamespace, remember = '7d' } = options;
  const rememberMs = durationMs(remember, 'remember', { minMs: 1000 });
  if (typeof fence !== 'bigint' || fence < 0n)
    throw new InvalidArgumentError('fence', 'must be a bigint of at least 0n', fence);
  if (!Array.isArray(command.args)) throw new InvalidArgumentError('args', 'must be an array', command.args);
  if (command.script !== undefined)
    throw new UnsupportedError('a script cannot be guarded from outside: compare the fence inside of it');
  if (typeof command.key !== 'string' || command.key === '')
    throw new InvalidArgumentError('key', 'of a guarded command must be a string', command.key);
  const guard = guardKey(namespace, command.key);
  const guarded = script([command.key, guard], [fence.toString(), rememberMs, ...command.args]);
  return {
    ...guarded,
    ...(command.bytes && { bytes: command.bytes }),
    read(reply) {
      if (!Array.isArray(reply) || reply.length !== 2) return refuse(script.name, 'an array of 2', reply);
      const [applied, value] = reply as [Reply, Reply];
      if (applied === 1) return { applied: true, value: command.read(value) };
      const newest = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
      return { applied: false, newestFence: BigInt(newest) };
    },
  };
}
