import type { Arg, Command } from '../contract/command.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { UnsupportedError } from '../errors/unsupported-error.js';
import { slotOf } from '../keys/slot.js';
import type { WireArg, WireCall } from './transport.js';

/** A command's arguments as clients take them. Throws before anything is sent. */
export function wireArgs(args: readonly Arg[]): readonly WireArg[] {
  // Most commands hold only strings: their array goes through untouched.
  for (let i = 0; i < args.length; i++) {
    if (typeof args[i] !== 'string') return convert(args, i);
  }
  return args as readonly string[];
}

/** The key that routes a command; undefined: any primary. */
export function wireKey(key: string | Uint8Array | undefined, command: string): WireArg | undefined {
  if (key === undefined) return undefined;
  if ((typeof key !== 'string' && !(key instanceof Uint8Array)) || key.length === 0) {
    throw new InvalidArgumentError(`key of ${command}`, 'must be a string or bytes, and not empty', key);
  }
  return typeof key === 'string' ? key : wireArg(key, command, 0);
}

/** The key that routes calls which run together: the first of them that has one tells. */
export function keyOf(calls: readonly WireCall[]): WireArg | undefined {
  return calls.find((call) => call.key !== undefined)?.key;
}

/** The same script call as EVAL with the script's text. */
export function asEval(call: WireCall, lua: string): WireCall {
  return { args: ['EVAL', lua, ...call.args.slice(2)], key: call.key, bytes: call.bytes };
}

/** Refuses a script call with an empty key, or, on a cluster, with keys of different slots. */
export function checkScriptKeys({ args, script }: Command<unknown>, cluster: boolean): void {
  const count = Number(args[2]);
  let slot: number | undefined;
  for (let i = 3; i < 3 + count; i++) {
    const key = args[i];
    if ((typeof key !== 'string' && !(key instanceof Uint8Array)) || key.length === 0) {
      throw new InvalidArgumentError(
        `key ${i - 2} of script ${script?.name}`,
        'must be a string or bytes, and not empty',
        key,
      );
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

function convert(args: readonly Arg[], from: number): WireArg[] {
  const wire = args.slice(0, from) as WireArg[];
  for (let i = from; i < args.length; i++) {
    const arg = args[i];
    wire.push(typeof arg === 'string' ? arg : wireArg(arg, String(args[0]), i));
  }
  return wire;
}

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
