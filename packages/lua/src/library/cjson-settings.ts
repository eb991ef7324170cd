import type { State } from '../runtime/state.js';
import type { LuaFunction, LuaValue } from '../runtime/values.js';
import * as args from './arguments.js';

/** What one cjson instance is set to; the defaults are lua-cjson 2.1.0's. */
export interface JsonSettings {
  sparseConvert: boolean;
  sparseRatio: number;
  sparseSafe: number;
  encodeDepth: number;
  decodeDepth: number;
  precision: number;
  keepBuffer: boolean;
  /** 'null' writes NaN and infinities as null, true as they are. */
  encodeInvalid: boolean | 'null';
  decodeInvalid: boolean;
}

/** Fresh settings. */
export function defaultSettings(): JsonSettings {
  return {
    sparseConvert: false,
    sparseRatio: 2,
    sparseSafe: 10,
    encodeDepth: 1000,
    decodeDepth: 1000,
    precision: 14,
    keepBuffer: true,
    encodeInvalid: false,
    decodeInvalid: true,
  };
}

const LARGEST_INTEGER = 2 ** 31 - 1;

/** The functions that read and change one instance's settings. */
export function settingFunctions(
  state: State,
  settings: JsonSettings,
): Readonly<Record<string, LuaFunction>> {
  function countArguments(values: readonly LuaValue[], most: number): void {
    if (values.length > most) args.argumentError(state, most + 1, 'found too many arguments');
  }

  function integer(
    values: readonly LuaValue[],
    position: number,
    low: number,
    high: number,
  ): number | undefined {
    if (values[position - 1] === undefined) return undefined;
    const value = args.integerArgument(state, values, position);
    if (value < low || value > high) {
      args.argumentError(state, position, `expected integer between ${low} and ${high}`);
    }
    return value;
  }

  function option<T extends string>(
    values: readonly LuaValue[],
    position: number,
    extra: readonly T[],
  ): boolean | T | undefined {
    const value = values[position - 1];
    if (value === undefined) return undefined;
    if (typeof value === 'boolean') return value;
    const text = args.stringArgument(state, values, position);
    if (text === 'on' || text === 'off') return text === 'on';
    const known = extra.find((name) => name === text);
    return known ?? args.argumentError(state, position, `invalid option '${text}'`);
  }

  return {
    encode_sparse_array(...values) {
      countArguments(values, 3);
      settings.sparseConvert = option(values, 1, []) ?? settings.sparseConvert;
      settings.sparseRatio = integer(values, 2, 0, LARGEST_INTEGER) ?? settings.sparseRatio;
      settings.sparseSafe = integer(values, 3, 0, LARGEST_INTEGER) ?? settings.sparseSafe;
      return [settings.sparseConvert, settings.sparseRatio, settings.sparseSafe];
    },
    encode_max_depth(...values) {
      countArguments(values, 1);
      settings.encodeDepth = integer(values, 1, 1, LARGEST_INTEGER) ?? settings.encodeDepth;
      return settings.encodeDepth;
    },
    decode_max_depth(...values) {
      countArguments(values, 1);
      settings.decodeDepth = integer(values, 1, 1, LARGEST_INTEGER) ?? settings.decodeDepth;
      return settings.decodeDepth;
    },
    encode_number_precision(...values) {
      countArguments(values, 1);
      settings.precision = integer(values, 1, 1, 14) ?? settings.precision;
      return settings.precision;
    },
    encode_keep_buffer(...values) {
      countArguments(values, 1);
      settings.keepBuffer = option(values, 1, []) ?? settings.keepBuffer;
      return settings.keepBuffer;
    },
    encode_invalid_numbers(...values) {
      countArguments(values, 1);
      settings.encodeInvalid = option(values, 1, ['null']) ?? settings.encodeInvalid;
      return settings.encodeInvalid;
    },
    decode_invalid_numbers(...values) {
      countArguments(values, 1);
      settings.decodeInvalid = option(values, 1, []) ?? settings.decodeInvalid;
      return settings.decodeInvalid;
    },
  };
}
