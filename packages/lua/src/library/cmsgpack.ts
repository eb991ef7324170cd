import { LuaError } from '../runtime/errors.js';
import type { State } from '../runtime/state.js';
import { type LuaTable, TableKeyError } from '../runtime/table.js';
import type { LuaValue } from '../runtime/values.js';
import * as args from './arguments.js';
import { pack } from './cmsgpack-pack.js';
import { UnpackError, Unpacker } from './cmsgpack-unpack.js';

function unpack(state: State, text: string, limit: number, offset: number, withOffset: boolean): LuaValue[] {
  if (offset < 0 || limit < 0) {
    state.fail(`Invalid request to unpack with offset of ${offset} and limit of ${text.length}.`);
  }
  if (offset > text.length) {
    state.fail(`Start offset ${offset} greater than input length ${text.length}.`);
  }
  const unpacker = new Unpacker(text, offset);
  const values: LuaValue[] = [];
  const most = limit === 0 ? Number.POSITIVE_INFINITY : limit;
  try {
    while (!unpacker.atEnd && values.length < most) values.push(unpacker.read());
  } catch (error) {
    if (error instanceof UnpackError) state.fail(error.message);
    if (error instanceof TableKeyError) throw new LuaError(error.message, state.at);
    throw error;
  }
  state.stackTaken += values.length;
  if (!withOffset) return values;
  return [unpacker.atEnd ? -1 : unpacker.index, ...values];
}

/** The cmsgpack library, as lua-cmsgpack 0.4.0. */
export function cmsgpackLibrary(state: State): LuaTable {
  return args.libraryTable({
    pack(...values) {
      if (values.length === 0) args.argumentError(state, 0, 'MessagePack pack needs input.');
      return values.map((value) => pack(value)).join('');
    },
    unpack: (...values) => unpack(state, args.stringArgument(state, values, 1), 0, 0, false),
    unpack_one(...values) {
      const offset = args.optionalInteger(state, values, 2, 0);
      return unpack(state, args.stringArgument(state, values, 1), 1, offset, true);
    },
    unpack_limit(...values) {
      const limit = args.integerArgument(state, values, 2);
      const offset = args.optionalInteger(state, values, 3, 0);
      return unpack(state, args.stringArgument(state, values, 1), limit, offset, true);
    },
    _NAME: 'cmsgpack',
    _VERSION: 'lua-cmsgpack 0.4.0',
    _COPYRIGHT: 'Copyright (C) 2012, Salvatore Sanfilippo',
    _DESCRIPTION: 'MessagePack C implementation for Lua',
  });
}
