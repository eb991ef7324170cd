import { libraryRawSet } from '../runtime/access.js';
import { numberToString } from '../runtime/number-format.js';
import type { Operators } from '../runtime/operators.js';
import type { Site, State } from '../runtime/state.js';
import type { LuaTable } from '../runtime/table.js';
import { first, type LuaFunction, type LuaValue, truthy, typeName } from '../runtime/values.js';
import * as args from './arguments.js';
import { sortValues } from './table-sort.js';

function concat(state: State, values: readonly LuaValue[]): string {
  const table = args.tableArgument(state, values, 1);
  const separator = args.optionalString(state, values, 2, '');
  const from = args.optionalInteger(state, values, 3, 1);
  const to = values[3] === undefined ? table.length() : args.integerArgument(state, values, 4);
  let result = '';
  for (let index = from; index <= to; index++) {
    const value = table.get(index);
    if (typeof value === 'string') result += value;
    else if (typeof value === 'number') result += numberToString(value);
    else state.fail(`invalid value (${typeName(value)}) at index ${index} in table for 'concat'`);
    if (index < to) result += separator;
  }
  return result;
}

function insert(state: State, values: readonly LuaValue[]): [] {
  const table = args.tableArgument(state, values, 1);
  let end = table.length() + 1;
  let position = end;
  if (values.length === 3) {
    position = args.integerArgument(state, values, 2);
    if (position > end) end = position;
    for (let index = end; index > position; index--) libraryRawSet(state, table, index, table.get(index - 1));
  } else if (values.length !== 2) state.fail("wrong number of arguments to 'insert'");
  libraryRawSet(state, table, position, values[values.length - 1]);
  return [];
}

function remove(state: State, values: readonly LuaValue[]): LuaValue | readonly LuaValue[] {
  const table = args.tableArgument(state, values, 1);
  const end = table.length();
  const position = args.optionalInteger(state, values, 2, end);
  if (position < 1 || position > end) return [];
  const removed = table.get(position);
  for (let index = position; index < end; index++) libraryRawSet(state, table, index, table.get(index + 1));
  libraryRawSet(state, table, end, undefined);
  return removed;
}

function sort(state: State, operators: Operators, values: readonly LuaValue[]): [] {
  const table = args.tableArgument(state, values, 1);
  const count = table.length();
  const order = values[1];
  if (order !== undefined && typeof order !== 'function') args.typeError(state, values, 2, 'function');
  const at = state.at;
  // Comparisons are made by a C function here: their errors carry no position.
  const site: Site = { chunk: '', source: '', line: 0, ...at, tail: true };
  const compare = order as LuaFunction | undefined;
  const less = compare
    ? (left: LuaValue, right: LuaValue): boolean => truthy(first(state.callBack(compare, left, right)))
    : (left: LuaValue, right: LuaValue): boolean => operators.less(left, right, site);
  const items: LuaValue[] = [];
  for (let index = 0; index <= count + 1; index++) items.push(table.get(index));
  sortValues(state, items, count, less);
  for (let index = 1; index <= count; index++) libraryRawSet(state, table, index, items[index]);
  state.at = at;
  return [];
}

function foreach(
  state: State,
  values: readonly LuaValue[],
  entries: Iterable<[LuaValue, LuaValue]>,
): LuaValue | [] {
  const visit = values[1];
  if (typeof visit !== 'function') return args.typeError(state, values, 2, 'function');
  for (const [key, value] of entries) {
    const result = first(state.callBack(visit, key, value));
    if (result !== undefined) return result;
  }
  return [];
}

function* allEntries(table: LuaTable): Generator<[LuaValue, LuaValue]> {
  for (let cursor = table.advance(0); cursor !== 0; cursor = table.advance(cursor)) {
    yield [table.keyAt(cursor), table.valueAt(cursor)];
  }
}

function* listEntries(table: LuaTable): Generator<[LuaValue, LuaValue]> {
  const count = table.length();
  for (let index = 1; index <= count; index++) yield [index, table.get(index)];
}

/** The table library, old names (getn, foreach …) included. */
export function tableLibrary(state: State, operators: Operators): LuaTable {
  return args.libraryTable({
    concat: (...values) => concat(state, values),
    insert: (...values) => insert(state, values),
    remove: (...values) => remove(state, values),
    sort: (...values) => sort(state, operators, values),
    getn: (...values) => args.tableArgument(state, values, 1).length(),
    setn: () => state.fail("'setn' is obsolete"),
    maxn(...values) {
      let largest = 0;
      for (const [key] of allEntries(args.tableArgument(state, values, 1))) {
        if (typeof key === 'number' && key > largest) largest = key;
      }
      return largest;
    },
    foreach: (...values) => foreach(state, values, allEntries(args.tableArgument(state, values, 1))),
    foreachi: (...values) => foreach(state, values, listEntries(args.tableArgument(state, values, 1))),
  });
}
