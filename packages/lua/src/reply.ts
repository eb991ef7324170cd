import type { HostReply } from './host.js';
import { LuaTable } from './runtime/table.js';
import type { LuaValue } from './runtime/values.js';

const SMALLEST_INTEGER = -(2n ** 63n);
const DEEPEST = 1000;

/** A command's reply as a script sees it: nil becomes false, a status {ok=…}, an error {err=…}. */
export function toLua(reply: HostReply): LuaValue {
  if (typeof reply === 'string' || typeof reply === 'number') return reply;
  if (reply === null) return false;
  if (typeof reply === 'bigint') return Number(reply);
  if (Array.isArray(reply)) return LuaTable.filled(reply.map(toLua));
  if ('ok' in reply) return singleField('ok', reply.ok);
  return 'err' in reply ? errorTable(reply.err) : undefined;
}

/** A table of one field. */
export function singleField(name: string, value: LuaValue): LuaTable {
  const table = new LuaTable();
  table.set(name, value);
  return table;
}

/** An error reply as a script sees it. */
export function errorTable(message: string): LuaTable {
  return singleField('err', message);
}

function integer(value: number): number | bigint {
  if (Number.isSafeInteger(Math.trunc(value))) return Math.trunc(value) + 0;
  if (!(value >= -(2 ** 63) && value < 2 ** 63)) return SMALLEST_INTEGER;
  return BigInt(Math.trunc(value));
}

const oneLine = (text: string): string => text.replace(/[\r\n]/g, ' ');

/**
 * A script's result as a reply: numbers are cut to integers, true is 1, false and nil are null, a list ends at
 * its first nil, {err=…} and {ok=…} come first. RESP3's double, map, set … arrive in their RESP2 shape.
 */
export function toReply(value: LuaValue, formatNumber: (value: number) => string, depth = 0): HostReply {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return integer(value);
    case 'boolean':
      return value ? 1 : null;
    default:
      if (!(value instanceof LuaTable)) return null;
      if (depth > DEEPEST) return { err: 'ERR reached lua stack limit' };
      return tableReply(value, formatNumber, depth + 1);
  }
}

function tableReply(table: LuaTable, formatNumber: (value: number) => string, depth: number): HostReply {
  const error = table.get('err');
  if (typeof error === 'string') return { err: oneLine(error) };
  const status = table.get('ok');
  if (typeof status === 'string') return { ok: oneLine(status) };
  const double = table.get('double');
  if (typeof double === 'number') return formatNumber(double);
  const map = table.get('map');
  if (map instanceof LuaTable) return entries(map, formatNumber, depth, true);
  const set = table.get('set');
  if (set instanceof LuaTable) return entries(set, formatNumber, depth, false);
  const bigNumber = table.get('big_number');
  if (typeof bigNumber === 'string') return oneLine(bigNumber);
  const verbatim = table.get('verbatim_string');
  if (verbatim instanceof LuaTable) {
    const text = verbatim.get('string');
    if (typeof text === 'string' && typeof verbatim.get('format') === 'string') return text;
  }
  const items: HostReply[] = [];
  for (let index = 1; ; index++) {
    const item = table.get(index);
    if (item === undefined) return items;
    items.push(toReply(item, formatNumber, depth));
  }
}

function entries(
  table: LuaTable,
  formatNumber: (value: number) => string,
  depth: number,
  withValues: boolean,
): HostReply[] {
  const items: HostReply[] = [];
  for (let cursor = table.advance(0); cursor !== 0; cursor = table.advance(cursor)) {
    items.push(toReply(table.keyAt(cursor), formatNumber, depth));
    if (withValues) items.push(toReply(table.valueAt(cursor), formatNumber, depth));
  }
  return items;
}
