import type { Arg, Command } from '../contract/command.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { UnsupportedError } from '../errors/unsupported-error.js';
import { slotOf } from '../keys/slot.js';
import type { WireArg, WireCall } from './transport.js';

/** Checks a command and converts it to what clients take. Throws before anything is sent. */
export function wireCall(command: Command<unknown>, cluster: boolean): WireCall {
  const { args } = command;
  if (!Array.isArray(args) || typeof args[0] !== 'string' || !commandName.test(args[0])) {
    throw new InvalidArgumentError('command', 'must start with a name in upper case', args?.[0]);
  }
  // Most commands hold only strings: their array goes through untouched.
  let wire: WireArg[] | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as Arg;
    if (typeof arg === 'string') {
      if (wire !== undefined) wire.push(arg);
      continue;
    }
    wire ??= args.slice(0, i) as WireArg[];
    wire.push(wireArg(arg, args[0], i));
  }
  const key = command.key === undefined ? undefined : wireKey(command.key, args[0]);
  if (command.script !== undefined) checkScriptKeys(command, cluster);
  return { args: wire ?? (args as readonly string[]), key, bytes: command.bytes === true };
}

/** The same script call as EVAL with the script's text. */
export function asEval(call: WireCall, lua: string): WireCall {
  return { ...call, args: ['EVAL', lua, ...call.args.slice(2)] };
}

const commandName = /^[A-Z][A-Z0-9._-]*$/;

function wireArg(arg: unknown, command: string, position: number): WireArg {
  if (typeof arg === 'number') {
    if (Number.isSafeInteger(arg)) return Object.is(arg, -0) ? '0' : String(arg);
    const text = String(arg);
    if (Number.isFinite(arg) && !Number.isInteger(arg) && !text.includes('e')) return text;
    throw new InvalidArgumentError(
      `argument ${position} of ${command}`,
      'must be a safe integer or a decimal printed without exponent; pass larger numbers as text',
      arg,
    );
  }
  if (arg instanceof Uint8Array) {
    return Buffer.isBuffer(arg) ? arg : Buffer.from(arg.buffer, arg.byteOffset, arg.byteLength);
  }
  throw new InvalidArgumentError(
    `argument ${position} of ${command}`,
    'must be a string, a number or a Uint8Array',
    arg,
  );
}

function wireKey(key: string | Uint8Array, command: string): WireArg {
  if (key.length === 0) throw new InvalidArgumentError(`key of ${command}`, 'must not be empty', key);
  return typeof key === 'string' ? key : wireArg(key, command, 0);
}

function checkScriptKeys(command: Command<unknown>, cluster: boolean): void {
  const { args, script } = command;
  const count = args[2] as number;
  let slot: number | undefined;
  for (let i = 3; i < 3 + count; i++) {
    const key = args[i] as string | Uint8Array;
    if (key.length === 0) {
      throw new InvalidArgumentError(`key ${i - 2} of script ${script?.name}`, 'must not be empty', key);
    }
    if (!cluster || count < 2) continue;
    const keySlot = slotOf(key);
    slot ??= keySlot;
    if (keySlot !== slot) {
      throw new UnsupportedError(
        `the keys of script ${script?.name} lie in different cluster slots (${slot} and ${keySlot}); give them one hash tag`,
      );
    }
  }
}
