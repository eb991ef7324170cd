import type { HostBigNumber, HostDouble, HostMap, HostReply, HostSet, HostVerbatim } from './host.js';
import { LuaTable } from './runtime/table.js';
import type { LuaValue } from './runtime/values.js';

const SMALLEST_INTEGER = -(2n ** 63n);
const DEEPEST = 1000;

/**
 * A command's reply as a script sees it: nil becomes false, a status {ok=…}, an error {err=…}. On RESP3 nil stays nil, and
 * maps, sets, doubles and texts with a format are tables that say so.
 */
export function toLua(reply: HostReply, protocol: 2 | 3): LuaValue {
  if (typeof reply === 'string' || typeof reply === 'number') return reply;
  if (reply === null) return protocol === 3 ? undefined : false;
  if (typeof reply === 'boolean') return reply;
  if (typeof reply === 'bigint') return Number(reply);
  if (isList(reply)) return LuaTable.filled(reply.map((item) => toLua(item, protocol)));
  if ('ok' in reply) return singleField('ok', reply.ok);
  if ('err' in reply) return errorTable(reply.err);
  return toMarkedTable(reply);
}

function isList(reply: HostReply): reply is readonly HostReply[] {
  return Array.isArray(reply);
}

/** RESP3's kinds, each a table with one field that names it. */
function toMarkedTable(reply: HostMap | HostSet | HostDouble | HostBigNumber | HostVerbatim): LuaTable {
  if ('double' in reply) return singleField('double', doubleOf(reply.double));
  if ('bigNumber' in reply) return singleField('big_number', reply.bigNumber);
  const inner = new LuaTable();
  if ('text' in reply) {
    inner.set('string', reply.text);
    inner.set('format', reply.format);
    return singleField('verbatim_string', inner);
  }
  const isMap = 'map' in reply;
  const items = isMap ? reply.map : reply.set;
  for (let at = 0; at < items.length; at += isMap ? 2 : 1) {
    const key = toLua(items[at] as HostReply, 3);
    if (key !== undefined) inner.set(key, isMap ? toLua(items[at + 1] as HostReply, 3) : true);
  }
  return singleField(isMap ? 'map' : 'set', inner);
}

function doubleOf(text: string): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  return text === '-inf' ? Number.NEGATIVE_INFINITY : Number(text);
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

/** How results are shaped: what the caller speaks, and what the script chose by redis.setresp. */
export interface ReplyShapes {
  readonly formatNumber: (value: number) => string;
  readonly spoken: 2 | 3;
  readonly chosen: 2 | 3;
}

/**
 * A script's result as a reply: numbers are cut to integers, true is 1, false and nil are null, a list ends at
 * its first nil, {err=…} and {ok=…} come first. RESP3's double, map, set … keep their kind where the caller speaks RESP3. A
 * script that chose RESP3 has booleans, which are 0 and 1 to a caller who does not.
 */
export function toReply(value: LuaValue, shapes: ReplyShapes, depth = 0): HostReply {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return integer(value);
    case 'boolean':
      if (shapes.chosen === 2) return value ? 1 : null;
      return shapes.spoken === 3 ? value : Number(value);
    default:
      if (!(value instanceof LuaTable)) return null;
      if (depth > DEEPEST) return { err: 'ERR reached lua stack limit' };
      return tableReply(value, shapes, depth + 1);
  }
}

function tableReply(table: LuaTable, shapes: ReplyShapes, depth: number): HostReply {
  const error = table.get('err');
  if (typeof error === 'string') return { err: oneLine(error) };
  const status = table.get('ok');
  if (typeof status === 'string') return { ok: oneLine(status) };
  const marked = markedReply(table, shapes, depth);
  if (marked !== undefined) return shapes.spoken === 3 ? marked : plainShape(marked);
  const items: HostReply[] = [];
  for (let index = 1; ; index++) {
    const item = table.get(index);
    if (item === undefined) return items;
    items.push(toReply(item, shapes, depth));
  }
}

type MarkedReply = HostMap | HostSet | HostDouble | HostBigNumber | HostVerbatim;

/** What a table with a field of RESP3's says it is. */
function markedReply(table: LuaTable, shapes: ReplyShapes, depth: number): MarkedReply | undefined {
  const double = table.get('double');
  if (typeof double === 'number') return { double: shapes.formatNumber(double) };
  const map = table.get('map');
  if (map instanceof LuaTable) return { map: entries(map, shapes, depth, true) };
  const set = table.get('set');
  if (set instanceof LuaTable) return { set: entries(set, shapes, depth, false) };
  const bigNumber = table.get('big_number');
  if (typeof bigNumber === 'string') return { bigNumber: oneLine(bigNumber) };
  const verbatim = table.get('verbatim_string');
  if (!(verbatim instanceof LuaTable)) return undefined;
  const [text, format] = [verbatim.get('string'), verbatim.get('format')];
  return typeof text === 'string' && typeof format === 'string' ? { text, format } : undefined;
}

/** The same for one who speaks RESP2. */
function plainShape(marked: MarkedReply): HostReply {
  if ('double' in marked) return marked.double;
  if ('bigNumber' in marked) return marked.bigNumber;
  if ('text' in marked) return marked.text;
  return 'map' in marked ? marked.map : marked.set;
}

function entries(table: LuaTable, shapes: ReplyShapes, depth: number, withValues: boolean): HostReply[] {
  const items: HostReply[] = [];
  for (let cursor = table.advance(0); cursor !== 0; cursor = table.advance(cursor)) {
    items.push(toReply(table.keyAt(cursor), shapes, depth));
    if (withValues) items.push(toReply(table.valueAt(cursor), shapes, depth));
  }
  return items;
}
