import { exactInteger, isOption } from '../../engine/arguments.js';
import { failure, syntaxError } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import { normalizeInteger } from '../../structures/numbers/integer.js';
import type { CommandFamily } from '../command-family.js';
import { bytesForWrite, bytesOf } from '../string/text-value.js';
import { bitOffset } from './bits.js';

type Overflow = 'WRAP' | 'SAT' | 'FAIL';

interface Operation {
  readonly act: 'GET' | 'SET' | 'INCRBY';
  readonly signed: boolean;
  readonly width: number;
  readonly offset: number;
  readonly value: bigint;
  readonly overflow: Overflow;
}

const badType = failure(
  'Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.',
);
const badOverflow = failure('Invalid OVERFLOW type specified');
const readsOnly = failure('BITFIELD_RO only supports the GET subcommand');

function readType(text: string | undefined): { signed: boolean; width: number } {
  const match = /^([iu])(0|[1-9]\d*)$/.exec(text ?? '');
  const width = Number(match?.[2]);
  const signed = match?.[1] === 'i';
  if (match === null || width < 1 || width > (signed ? 64 : 63)) throw badType;
  return { signed, width };
}

function readOperations(args: readonly string[], readOnly: boolean): Operation[] {
  const operations: Operation[] = [];
  let overflow: Overflow = 'WRAP';
  for (let i = 2; i < args.length; ) {
    const left = args.length - i - 1;
    const arg = args[i];
    if (isOption(arg, 'OVERFLOW') && left >= 1) {
      const name = (args[i + 1] as string).toUpperCase();
      if (name !== 'WRAP' && name !== 'SAT' && name !== 'FAIL') throw badOverflow;
      overflow = name;
      i += 2;
      continue;
    }
    const act =
      isOption(arg, 'GET') && left >= 2
        ? 'GET'
        : isOption(arg, 'SET') && left >= 3
          ? 'SET'
          : isOption(arg, 'INCRBY') && left >= 3
            ? 'INCRBY'
            : undefined;
    if (act === undefined) throw syntaxError;
    const { signed, width } = readType(args[i + 1]);
    const offset = bitOffset(args[i + 2] as string, width);
    const value = act === 'GET' ? 0n : BigInt(exactInteger(args[i + 3] as string));
    if (act !== 'GET' && readOnly) throw readsOnly;
    operations.push({ act, signed, width, offset, value, overflow });
    i += act === 'GET' ? 3 : 4;
  }
  return operations;
}

function bitfield(session: Session, args: readonly string[]): Reply {
  return run(session, args, false);
}

function bitfieldReadOnly(session: Session, args: readonly string[]): Reply {
  return run(session, args, true);
}

function run(session: Session, args: readonly string[], readOnly: boolean): Reply {
  const key = args[1] as string;
  const operations = readOperations(args, readOnly);
  const { db } = session;
  const writes = operations.filter(({ act }) => act !== 'GET');
  if (writes.length === 0) {
    const bytes = bytesOf(db.read(key, 'string') ?? '');
    return operations.map((operation) => reply(readField(bytes, operation)));
  }
  const value = bytesForWrite(session, key);
  const lengthBefore = value.length;
  const endBit = writes.reduce((end, { offset, width }) => Math.max(end, offset + width), 0);
  value.grow(Math.floor((endBit - 1) / 8) + 1);
  let changes = 0;
  const replies = operations.map((operation): Reply => {
    const { bytes } = value;
    const old = readField(bytes, operation);
    if (operation.act === 'GET') return reply(old);
    const fitted = fit(wantedValue(operation, old), operation);
    if (fitted === undefined) return null;
    writeField(bytes, operation, fitted);
    if (fitted !== old || value.length > lengthBefore) changes++;
    return reply(operation.act === 'SET' ? old : fitted);
  });
  if (changes > 0) db.changed(key, '$', 'setbit', session);
  return replies;
}

/** What an operation would write. A negative value set into an unsigned field is taken as the large one of the same bits. */
function wantedValue({ act, value, signed }: Operation, old: bigint): bigint {
  if (act === 'INCRBY') return old + value;
  return signed ? value : BigInt.asUintN(64, value);
}

function reply(value: bigint): Reply {
  return normalizeInteger(value);
}

function readField(bytes: Uint8Array, { offset, width, signed }: Operation): bigint {
  let value = 0n;
  for (let at = offset; at < offset + width; at++) {
    const byte = bytes[Math.floor(at / 8)] ?? 0;
    value = (value << 1n) | BigInt((byte >> (7 - (at & 7))) & 1);
  }
  return signed ? BigInt.asIntN(width, value) : value;
}

function writeField(bytes: Uint8Array, { offset, width }: Operation, value: bigint): void {
  let rest = BigInt.asUintN(width, value);
  for (let at = offset + width - 1; at >= offset; at--) {
    const index = Math.floor(at / 8);
    const mask = 0x80 >> (at & 7);
    const byte = bytes[index] as number;
    bytes[index] = (rest & 1n) === 1n ? byte | mask : byte & ~mask;
    rest >>= 1n;
  }
}

/** The value as it fits the field, by the overflow rule; undefined when it is to fail. */
function fit(value: bigint, { act, signed, width, overflow }: Operation): bigint | undefined {
  const low = signed ? -(1n << BigInt(width - 1)) : 0n;
  const high = signed ? (1n << BigInt(width - 1)) - 1n : (1n << BigInt(width)) - 1n;
  if (value >= low && value <= high) return value;
  if (overflow === 'FAIL') return undefined;
  // What SET puts so far below that the distance to the highest value is more than 63 bits hold, the servers take for too high.
  const isTakenForHigh = signed && act === 'SET' && high - value >= 1n << 63n;
  if (overflow === 'SAT') return value < low && !isTakenForHigh ? low : high;
  return signed ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);
}

/** BITFIELD. */
export const bitfieldCommands: CommandFamily = { bitfield, bitfield_ro: bitfieldReadOnly };
